"""Why a process refuses to start: one clear sentence in Indonesian and in English, exit 78 (RELIABILITY B50).

A sentence names the setting, file or port and the reason. It never prints a value: a value may be a secret.
"""

from typing import Final

WRONG_CONFIGURATION: Final = 78

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "UNKNOWN_KEY": (
        "{key} tidak dikenal (dibaca dari {source}). Hapus atau betulkan ejaannya; daftarnya di docs/settings.md.",
        "{key} is not a setting (read from {source}). Remove it or correct its spelling: docs/settings.md lists all.",
    ),
    "DUPLICATE_KEY": (
        "{key} ditulis lebih dari sekali di {source}, baris {line}. Sisakan satu saja.",
        "{key} stands more than once in {source}, line {line}. Keep one of them.",
    ),
    "UNREADABLE_LINE": (
        "Baris {line} dari {source} tidak berbentuk NAMA=nilai. Betulkan baris itu.",
        "Line {line} of {source} does not have the form NAME=value. Correct that line.",
    ),
    "WRONG_VALUE": (
        "{key} harus {expected_id}. Betulkan nilainya di lingkungan atau di pulang.env.",
        "{key} must be {expected_en}. Correct its value in the environment or in pulang.env.",
    ),
    "PLACEHOLDER_SECRET": (
        "{key} masih berisi kata sandi contoh. Ganti dengan kata sandi yang sebenarnya.",
        "{key} still holds a placeholder password. Replace it with the real one.",
    ),
    "DEMO_ONLY": (
        "{key} hanya untuk peragaan. Hapus, atau jalankan dengan PULANG_DEMO=1.",
        "{key} is for the demonstration only. Remove it, or run with PULANG_DEMO=1.",
    ),
    "PORT_TAKEN": (
        "Porta {port} ({key}) sudah dipakai program lain. Hentikan program itu atau pilih {key} yang lain.",
        "Port {port} ({key}) is already in use by another program. Stop that program or choose another {key}.",
    ),
    "PORTS_EQUAL": (
        "{key} sama dengan {other}. Pilih porta yang berbeda.",
        "{key} is the same as {other}. Choose different ports.",
    ),
    "HOME_IN_USE": (
        "Pulang sudah berjalan dengan PULANG_HOME ini. Hentikan yang itu dulu, atau pilih PULANG_HOME lain.",
        "Pulang already runs with this PULANG_HOME. Stop that one first, or choose another PULANG_HOME.",
    ),
    "HOME_UNUSABLE": (
        "PULANG_HOME tidak dapat dibuat atau ditulisi ({reason}). Periksa hak berkas dan ruang diska.",
        "PULANG_HOME cannot be made or written ({reason}). Check the permissions and the disk's free space.",
    ),
    "HOME_OF_DEMO": (
        "PULANG_HOME ini berisi data peragaan, tetapi PULANG_DEMO=0. Pakai PULANG_HOME lain untuk kerja sungguhan.",
        "This PULANG_HOME holds demonstration data, but PULANG_DEMO=0. Use another PULANG_HOME for real work.",
    ),
    "HOME_OF_WORK": (
        "PULANG_HOME ini berisi data kerja sungguhan, tetapi PULANG_DEMO=1. Pakai PULANG_HOME lain untuk peragaan.",
        "This PULANG_HOME holds real work, but PULANG_DEMO=1. Use another PULANG_HOME for a demonstration.",
    ),
    "KEY_WRONG": (
        "Kunci di PULANG_HOME/keys bukan kunci basis data ini. Kembalikan berkas kunci yang asli dari cadangan.",
        "The key in PULANG_HOME/keys is not the key of this database. Put the original key files back from the backup.",
    ),
    "KEY_MISSING": (
        "Basis data sudah ada, tetapi kuncinya di PULANG_HOME/keys tidak ada. Kembalikan berkas kunci dari cadangan.",
        "The database exists, but its key is missing in PULANG_HOME/keys. Put the key files back from the backup.",
    ),
    "KEY_UNUSABLE": (
        "Berkas kunci di PULANG_HOME/keys rusak atau panjangnya salah. Kembalikan berkas kunci dari cadangan.",
        "A key file in PULANG_HOME/keys is damaged or has the wrong length. Put the key files back from the backup.",
    ),
    "SCHEMA_OLD": (
        "Skema basis data lebih lama daripada program ini. Buat cadangan, lalu jalankan: pulang migrate",
        "The database's schema is older than this program. Make a backup, then run: pulang migrate",
    ),
    "SCHEMA_NEWER": (
        "Skema basis data lebih baru daripada program ini. Pasang Pulang versi terakhir yang memakainya.",
        "The database's schema is newer than this program. Install the Pulang release that last used it.",
    ),
    "SCHEMA_MISSING": (
        "Basis data belum disiapkan. Jalankan: pulang migrate",
        "The database has not been prepared yet. Run: pulang migrate",
    ),
    "DATABASE_AWAY": (
        "Basis data tidak dapat dibuka ({reason}). Periksa PULANG_DATABASE_URL dan apakah servernya hidup.",
        "The database cannot be opened ({reason}). Check PULANG_DATABASE_URL and whether its server runs.",
    ),
    "TEMPORAL_MISSING": (
        "Program server Temporal tidak ditemukan. Jalankan make run sekali lagi, atau isi PULANG_TEMPORAL_ADDRESS.",
        "The Temporal server program was not found. Run make run again, or set PULANG_TEMPORAL_ADDRESS.",
    ),
    "PART_REFUSES": (
        "Bagian {part} tidak mau mulai. Sebabnya tertulis di {log}.",
        "The part {part} does not start. The reason stands in {log}.",
    ),
    "NOT_READY": (
        "Pulang tidak siap dalam {seconds} detik; yang belum siap: {waiting}. Lihat {log} dan jalankan: pulang doctor",
        "Pulang was not ready within {seconds} seconds; not ready: {waiting}. Look into {log} and run: pulang doctor",
    ),
}


class Refused(Exception):
    """A start that is refused. `code` is one of the keys above; `facts` are names, ports and reasons, never values."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    @property
    def indonesian(self) -> str:
        return _SENTENCES[self.code][0].format(**self.facts)

    @property
    def english(self) -> str:
        return _SENTENCES[self.code][1].format(**self.facts)

    def __str__(self) -> str:
        """Both sentences, one a line, as they are shown to whoever started the process."""
        return f"{self.indonesian}\n{self.english}"


def codes() -> frozenset[str]:
    """Every reason there is; a test asks that each has both sentences."""
    return frozenset(_SENTENCES)
