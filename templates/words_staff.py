"""Sentences of the desk pages that are put together in api/pages: Indonesian here, English in the catalogue.

Facts in {braces} are plain text; whoever shows the sentence escapes it.
"""

from typing import Final

from templates.catalogue import _

# --- people
CHILD: Final = _("Anak, {age} tahun")
CHILD_UNKNOWN: Final = _("Anak, umur belum diketahui")
ABOUT: Final = _("{sex}, {age} tahun")
ABOUT_GUESS: Final = _("{sex}, sekitar {age} tahun")
TO: Final = _("ke {place}")
TO_UNKNOWN: Final = _("tujuan belum ditetapkan")
UNKNOWN: Final = _("belum diketahui")
NOT_SET: Final = _("belum ditetapkan")

ROUTE_MASKED: Final = _("tempat disamarkan")

# --- board
COUNT_LOST: Final = _("orang belum dikabarkan tiba")
COUNT_LATE: Final = _("kasus melewati batas yang diminta")
COUNT_MINE: Final = _("tugas menunggu Anda")
COUNT_HANDLING: Final = _("dalam penanganan, menunggu kantor")
COUNT_GATE: Final = _("di gerbang, menunggu persetujuan")
COUNT_TRAVEL: Final = _("dalam perjalanan")
COUNT_HELD: Final = _("ditahan")
WAITS: Final = _("{who}: {about}")
WAITS_VERIFY: Final = _("Periksa jawaban: {about}")
WAITS_DECIDE: Final = _("Putuskan: {about} tidak berhasil")
WAITS_OFFICE: Final = _("Tunjuk kantor: {about}")
WAITS_APPROVE: Final = _("Persetujuan pemeriksa dan penyetuju")
MORE_WAITS: Final = _("dan {count} hal lain")
HELD: Final = _("Ditahan: {hold}")
LATE: Final = _("Terlambat")
LATE_DAYS: Final = _("Terlambat {days} hari kerja")
WAITING_ANSWER: Final = _("Menunggu jawaban")
YOURS: Final = _("Tugas Anda")
OURS: Final = _("Di meja kita")
NOT_ARRIVED: Final = _("Hilang kontak")
URGENT: Final = _("mendesak")
DUE_PASSED: Final = _("Sudah lewat")
DUE_UNTIL: Final = _("Sampai {day}")

# --- case: the panel
ALSO_WAITS: Final = (_("Satu hal lain juga ditunggu."), _("{count} hal lain juga ditunggu."))
ALSO_LOOKS: Final = (
    _("Di luar itu, satu jawaban sudah masuk dan menunggu pemeriksaan kedua."),
    _("Di luar itu, {count} jawaban sudah masuk dan menunggu pemeriksaan kedua."),
)
BEING_ASKED: Final = _("Dibuka {since}. Permintaan pertama sedang disiapkan dan segera dikirim.")
FIRST_ASKED: Final = _("Yang lebih dahulu diminta: {tasks}.")
BEING_READ: Final = _(
    "Dalam penanganan sejak {since}. Kabar terakhir sedang diolah; permintaan berikutnya segera menyusul."
)
ALSO_HELD: Final = _("Selama ditahan, kasus tidak dapat berangkat; persetujuan dibekukan, bukan dibatalkan.")
ANSWERED_LATE: Final = _("Batas yang diminta sudah lewat: {due}.")
DUE_AT: Final = _("Diminta sebelum {due}.")
MAIL_IS: Final = _("Surelnya: {state}, {at}.")
MAIL_WAITS: Final = _("Surelnya berangkat pada jam kerja kantor itu.")
NEXT_REVIEW: Final = _("penahanan ditinjau: {hold}")
NEXT_DEPARTS: Final = _("berangkat, etape {n}: {route}")
NEXT_ARRIVES: Final = _("tiba, etape {n}: {route}")
NEXT_LOOK: Final = _("sistem memeriksa kasus ini lagi")
NEXT_AGED: Final = _("persetujuan {role} habis masa berlakunya")
NEXT_LETTER: Final = _("surat habis masa berlakunya: {task}")
ALREADY_PASSED: Final = _("sudah lewat: {what}")

# --- case: tasks
ANSWERED_BY: Final = _("oleh {who}, {at}")
REASON_IS: Final = _("Alasan: {reason}")
NOTE_IS: Final = _("Catatan: {note}")
EVIDENCE_LATER: Final = _("Bukti menyusul")
RECEIPT_IS: Final = _("Tanda terima {receipt}")
SERVER_SAID: Final = _("Kata server: {words}")
NOT_ASKED_YET: Final = _("Antre, berangkat pada jam kerja kantor itu")
NOT_REQUIRED: Final = _("{reason}; ditandatangani {who}")
AFTER_TASK: Final = _("Setelah: {task}")
AFTER_GATE: Final = _("Setelah gerbang disetujui")
NO_OFFICE: Final = _("kantor belum ditunjuk")
NO_DESTINATION: Final = _("tujuan belum ditetapkan")
STAGE_DONE: Final = _("{done} dari {all} selesai")
STAGE_LOOKS: Final = _("{count} dijawab, menunggu pemeriksaan kedua")
STAGE_LATER: Final = (_("satu tugas, belum dibuka"), _("{count} tugas, belum dibuka"))
TASK_COUNTS: Final = _("{all} berlaku: {parts}")
COUNT_DONE: Final = _("{count} selesai")
COUNT_LOOKS: Final = _("{count} dijawab dan menunggu pemeriksaan kedua")
COUNT_DECIDE: Final = _("{count} menunggu keputusan")
COUNT_ASKED: Final = _("{count} ditunggu jawabannya")
COUNT_LATER: Final = _("{count} belum siap")
COUNT_DROPPED: Final = _("{count} batal")
INSTANCE: Final = _("{task}, ke-{n}")
LEG_INSTANCE: Final = _("{task}, etape {n}")
VALID_UNTIL: Final = _("Berlaku sampai {at}")

# --- case: acts
ACT_FLAGS: Final = _("Isi penanda")
ACT_HOLD: Final = _("Tahan kasus")
ACT_RECEIVER: Final = _("Catat penerima")
ACT_DESTINATION: Final = _("Tetapkan tujuan")
ACT_OFFICES: Final = _("Tunjuk kantor")
ACT_LEGS: Final = _("Susun perjalanan")
ACT_CLOSE: Final = _("Akhiri atau pindahkan kasus")
ACT_NOT_REQUIRED: Final = _("Tandai tidak diperlukan")
ACT_DECIDE: Final = _("Putuskan")
ACT_ANSWER: Final = _("Jawab")
ACT_VERIFY: Final = _("Periksa")
ACT_DEPART: Final = _("Periksa keberangkatan")
ACT_LEFT: Final = _("Catat keberangkatan")
ACT_ARRIVED: Final = _("Catat kedatangan")
UNTIL_HINT: Final = _("hanya bila minta waktu; waktu setempat {zone}")

# --- gate
WAITS_ON: Final = _("{task}, {who}.")
GATE_HELD: Final = _("Gerbang tertutup karena kasus ini ditahan: {holds}.")
GATE_WAITS: Final = _("Gerbang belum dapat disetujui: {open} dari {all} pemeriksaan yang berlaku belum terpenuhi.")
GATE_NO_BASIS: Final = _("Dasar pemulangan belum ada.")
GATE_FIRST: Final = _(
    "Semua pemeriksaan yang berlaku terpenuhi. Menunggu persetujuan pertama dari <strong>pemeriksa</strong>."
)
GATE_FIRST_YOURS: Final = _(
    "Semua pemeriksaan yang berlaku terpenuhi. Menunggu persetujuan pertama <strong>dari Anda</strong>."
)
GATE_SECOND: Final = _(
    "Semua pemeriksaan yang berlaku terpenuhi. Persetujuan pertama diberikan <strong>{who}</strong>, {at}. "
    "Menunggu persetujuan kedua dari <strong>penyetuju</strong>."
)
GATE_SECOND_YOURS: Final = _(
    "Semua pemeriksaan yang berlaku terpenuhi. Persetujuan pertama diberikan <strong>{who}</strong>, {at}. "
    "Menunggu persetujuan kedua <strong>dari Anda</strong>."
)
GATE_OPEN: Final = _("Gerbang terbuka: disetujui <strong>{first}</strong> dan <strong>{second}</strong>, {at}.")
GATE_PASSED: Final = _("Orang ini sudah berangkat. Lembar ini menunjukkan keadaan sekarang.")
GATE_OVER: Final = _("Kasus ini sudah berakhir. Lembar ini menunjukkan keadaan terakhir.")
PAPERS_LATER: Final = (_("Satu jawaban belum disertai buktinya (bukti menyusul)."),
                       _("{count} jawaban belum disertai buktinya (bukti menyusul)."))  # fmt: skip
HOLDING_OF: Final = _("{holding} dari {all} terpenuhi")
APPLY_OF: Final = _("{applies} berlaku, {others} tidak berlaku")
GROUP_GENERAL: Final = _("Pemeriksaan umum")
GROUP_CONDITIONAL: Final = _("Pemeriksaan bersyarat")
GROUP_REMAINS: Final = _("Pemeriksaan jenazah")
SIGNED: Final = _("Disetujui")
SENT_BACK: Final = _("Dikembalikan")
VOID: Final = _("tidak berlaku lagi")
WAITS_YOU: Final = _("Menunggu Anda")
WAITS_SIGN: Final = _("Menunggu")
LATER_SIGN: Final = _("Belum waktunya")
SNAPSHOT_IS: Final = _("cuplikan {snapshot}")
INDEPENDENT: Final = _("bukan pengisi data, bukan penanda tangan “tidak diperlukan”, bukan pendamping")
PAST_SIGN: Final = _("{name} sebagai {role}: {decision}, {at}")
VOID_LINE: Final = _("{event}: {effect}")
BY_LINK: Final = _("Tautan dan kode")
BY_ACCOUNT: Final = _("Dicatat petugas kementerian")
BY_SIGNER: Final = _("Ditandai tidak diperlukan")
GRADE_LINK: Final = _("tautan dan kode")
GRADE_ACCOUNT: Final = _("akun kementerian")
FLAG_NO: Final = _("Penandanya tidak berlaku pada orang ini.")
LIFTED_BY: Final = _("Dapat dicabut oleh {roles}.")

# --- journey
DEPARTED_AT: Final = _("Berangkat {at}")
ARRIVED_AT: Final = _("Tiba {at}")
HANDS_SHELTER: Final = _("menginap di {shelter}")
HANDED_FROM_TO: Final = _("{giver} kepada {receiver}")
PARTY_MINISTRY: Final = _("Kementerian Sosial")
PARTY_PROVINCE: Final = _("Dinas Sosial provinsi")
PARTY_REGENCY: Final = _("Dinas Sosial kabupaten/kota")
PARTY_FAMILY: Final = _("keluarga")

# --- new case: why somebody may be the same
WHY_NIK: Final = _("NIK sama")
WHY_DOCUMENT: Final = _("nomor dokumen sama")
WHY_NAME: Final = _("nama berbunyi mirip")
WHY_BIRTH: Final = _("nama mirip dan tanggal lahir berdekatan")
WHY_HOME: Final = _("nama mirip dan daerah asal sama")

# --- own tasks
DONE_ANSWER: Final = _("Tersimpan: {answer}")
DONE_VERIFIED: Final = _("Disahkan")
DONE_BACK: Final = _("Dikembalikan kepada yang menjawab")

# --- operator
WAITS_SECOND_LOOK: Final = _("pemeriksaan jawaban: {task}")
WAITS_DECISION: Final = _("keputusan koordinator: {task}")
WAITS_NAMING: Final = _("penunjukan kantor: {task}")
WAITS_SIGNATURES: Final = _("dua persetujuan gerbang")
WAITS_DESK: Final = _("permintaan baru atau waktu kirim")
WAITS_MOMENT: Final = _("waktu berikutnya atau kabar dari orang")
BEHIND: Final = (_("satu baris belum diteruskan"), _("{count} baris belum diteruskan"))
NEVER: Final = _("tanpa batas, menunggu kabar")
FLOW_OK: Final = _("Menunggu")
FLOW_BEHIND: Final = _("Belum diteruskan")
FLOW_LATE: Final = _("Lewat")
FLOW_NEW: Final = _("Belum dimulai")
CONDITIONAL: Final = _("permintaan bersyarat")
