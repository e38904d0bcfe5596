"""The bare inbox: one FastAPI route that inserts a row with FULL and answers. Run by uvicorn like Pulang's own API.

`python -m bench.bare.answers <port> <database>`
"""

import asyncio
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor

import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response

PRAGMAS = ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL")


def create_app(database: str) -> FastAPI:
    app = FastAPI(openapi_url=None)
    thread = ThreadPoolExecutor(1)
    rows = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    for pragma in PRAGMAS:
        rows.execute(f"PRAGMA {pragma}")
    rows.execute("CREATE TABLE IF NOT EXISTS answers(receipt INTEGER PRIMARY KEY, token TEXT UNIQUE, body TEXT)")

    @app.post("/t/{token}")
    async def take(token: str, request: Request) -> Response:
        form = await request.form()
        body = repr(sorted(form.items()))
        statement = "INSERT INTO answers(token, body) VALUES (?, ?)"
        loop = asyncio.get_running_loop()
        done = await loop.run_in_executor(thread, rows.execute, statement, (token, body))
        return RedirectResponse(f"/t/{token}/tanda-terima/{done.lastrowid}", status_code=303)

    return app


if __name__ == "__main__":
    uvicorn.run(
        create_app(sys.argv[2]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
    )
