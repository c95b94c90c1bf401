"""The command line: which commands there are, and how each ends.

Exit 0 when it was done, 1 when it failed, 2 when it was asked in the wrong way. A failure is one
sentence on stderr. What a command needs is imported inside it: `concord --help` answers at once.
"""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from adapters.cli.backup import backup
from adapters.cli.doctor import doctor
from adapters.cli.erase import erase
from adapters.cli.export_file import export_file
from adapters.cli.follow_through import follow_through
from adapters.cli.import_file import import_file
from adapters.cli.init import init
from adapters.cli.rebuild import rebuild
from adapters.cli.reset_password import reset_password
from adapters.cli.restore import restore
from adapters.cli.roles import roles
from adapters.cli.serve import serve
from adapters.cli.verify import verify
from adapters.cli.worker import worker

app = typer.Typer(
    name="concord",
    help="Agreements between people, on a log that keeps its promises.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(worker)
app.command()(init)
app.command("import")(import_file)
app.command("export")(export_file)
app.command("follow-through")(follow_through)
app.command("reset-password")(reset_password)
app.command()(erase)
app.command()(rebuild)
app.command()(verify)
app.command()(backup)
app.command()(restore)
app.command()(roles)
app.command()(doctor)


def main() -> None:
    """Runs the command named on the command line and ends the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command and answers its exit code; whatever fails is said in one sentence on stderr."""
    try:
        return int(app(arguments, prog_name="concord", standalone_mode=False) or 0)
    except TyperException as error:
        # Asking for nothing shows the help, which is the message then.
        print(error.format_message(), file=sys.stderr)
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1
    except Exception as error:
        print(_sentence(error), file=sys.stderr)
        return 1


def _sentence(error: Exception) -> str:
    from adapters.logging import told_by_place
    from adapters.settings import Misconfigured
    from domain.refusals import Refusal
    from services.ports import Unavailable, Withheld

    if isinstance(error, Misconfigured | Refusal | Withheld):
        return str(error)
    if isinstance(error, Unavailable):
        return "The store cannot be reached; nothing is known to be recorded. `concord doctor` looks for the cause."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}." if error.filename else f"{error.strerror}."
    return f"This is a defect in Concord, please report it: {told_by_place(error)}"


if __name__ == "__main__":
    main()
