"""Every command of the window: id, words, keys. The only place where keys are given out.

A page uses the general ones (New, Edit, Save…) with words of its own, and its own ones from
here. F1 and Ctrl+K show exactly those that work where the user is.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        id: stable name, ``area.verb``.
        text: what buttons, palette and help call it; a verb first.
        keys: shortcuts in Qt's portable writing; the first is shown.
        tooltip: a sentence more, where the text does not say all.
    """

    id: str
    text: str
    keys: tuple[str, ...] = ()
    tooltip: str = ""

    @property
    def shortcut(self) -> str:
        """The key that is shown beside the text."""
        return self.keys[0] if self.keys else ""


# The window's own: they work everywhere.
HELP = Command("window.help", "Show the keys", ("F1",))
PALETTE = Command("window.palette", "Find any command or record", ("Ctrl+K",))
FIND_PATIENT = Command("window.find_patient", "Find a patient", ("F3",))
NEXT_PANE = Command("window.next_pane", "Go to the next pane", ("F6",))
REFRESH = Command("window.refresh", "Refresh this page", ("F5",))
LOCK = Command("window.lock", "Lock the window", ("Ctrl+L",))
CLOSE_PRACTICE = Command("window.close_practice", "Close the practice")
THEME_SYSTEM = Command("window.theme_system", "Colors: as the system")
THEME_LIGHT = Command("window.theme_light", "Colors: light")
THEME_DARK = Command("window.theme_dark", "Colors: dark")
THEME_CONTRAST = Command("window.theme_contrast", "Colors: high contrast")
QUIT = Command("window.quit", "Quit", ("Ctrl+Q",))

# General ones: a page gives them its own words and deeds.
NEW = Command("page.new", "New", ("F8", "Ctrl+N"))
EDIT = Command("page.edit", "Edit", ("F9",))
ACCOUNT = Command("page.account", "Open the account", ("F7",))
SAVE = Command("page.save", "Save", ("Ctrl+S",))
SEARCH = Command("page.search", "Search on this page", ("Ctrl+F",))
PRINT = Command("page.print", "Print", ("Ctrl+P",))
UNDO = Command("page.undo", "Undo", ("Ctrl+Z",))
CLOSE = Command("page.close", "Close what is open", ("Ctrl+W",))
REMOVE = Command("page.remove", "Remove", ("Ctrl+Del",))
EXPORT = Command("page.export", "Save as CSV", ("Ctrl+E",))

# Jobs: what one page does and no other.
VISIT_NEW = Command("visit.new", "New visit", ("Ctrl+Shift+V",))
VISIT_POST = Command("visit.post", "Post the visit", ("Ctrl+Shift+P",))
VISIT_COPY_LAST = Command("visit.copy_last", "Copy the last visit", ("Ctrl+Shift+L",))
VISIT_CHECK = Command("visit.check", "Check the visit", ("Ctrl+Shift+K",))
VISIT_CLAIM = Command("visit.claim", "Make the claim", ("Ctrl+Shift+J",))
VISIT_PASS = Command("visit.pass_warning", "Pass a warning", ("Ctrl+Shift+N",))
VISIT_NOTE = Command(
    "visit.codes_from_note", "Codes from a note", ("Ctrl+Shift+U",), "Read what the provider wrote"
)
VISIT_GOES_WITH = Command(
    "visit.goes_with",
    "What goes with the diagnosis",
    ("Alt+U",),
    "Missing characters, the side, codes to put first or beside it",
)
VISIT_LOOK_UP = Command(
    "visit.look_up_code", "Look up the code", ("Ctrl+I",), "Open it in the code browser"
)
VISIT_ARTICLES = Command("visit.articles", "Answer the coverage articles of the line again")
SEARCH_MEANING = Command(
    "visit.search_meaning",
    "Search: also by meaning, or not",
    (),
    "Diagnoses are found by meaning too; prepared once, on this computer alone",
)
VISIT_SEND_REVIEW = Command(
    "visit.send_to_review", "Send to review", ("Ctrl+Shift+O",), "Somebody else looks at the codes"
)
VISIT_REVIEW = Command(
    "visit.review", "Review the codes", ("Alt+R",), "Judge each code, or read what was said of it"
)
VISIT_COVERAGE = Command("visit.change_coverage", "Choose the coverage anew")
VISIT_VOID = Command("visit.void", "Void the visit")
COVERAGE_ADD = Command("patient.add_coverage", "Add a coverage", ("Ctrl+Shift+A",))
CLAIM_CHECK = Command("claim.check", "Check the claims", ("Ctrl+Shift+C",))
CLAIM_SEND = Command("claim.send", "Send as a file", ("Ctrl+Shift+S",))
CLAIM_PRINT = Command("claim.print", "Print CMS-1500 forms", ("Ctrl+Shift+F",))
CLAIM_VOID = Command("claim.void", "Void the claim")
CLAIM_RESEND = Command("claim.resend", "Send anew", ("Ctrl+Shift+R",))
CLAIM_REPLACE = Command("claim.replace", "Replace the sent claim")
CLAIM_PRINT_AGAIN = Command("claim.print_again", "Print the same forms again")
TRAINING_ANSWER = Command("training.answer", "Ask the training payer", ("Ctrl+Shift+X",))
ANSWER_READ = Command("payment.read_file", "Read an answer file", ("Ctrl+O",))
PAYMENT_POST = Command("payment.post", "Post the payment", ("Ctrl+Shift+Y",))
PAYMENT_UNPOST = Command("payment.unpost", "Un-post the payment")
EOB_ENTER = Command("payment.enter_eob", "Enter a paper EOB", ("Ctrl+Shift+E",))
PAYMENT_DISCARD = Command("payment.discard", "Discard the payment")
PAYMENT_PAYER = Command("payment.choose_payer", "Choose the payer of the payment")
MATCH_CLAIM = Command("payment.choose_claim", "Choose claim…", ("Alt+C",))
MATCH_LINE = Command("payment.choose_line", "Choose line…", ("Alt+L",))
CONFIRM_SPLIT = Command("payment.confirm_split", "Confirm split…", ("Alt+S",))
WRITE_OFF = Command("payment.write_off", "Write off…", ("Alt+W",))
TRANSFER = Command("payment.transfer", "Transfer…", ("Alt+T",))
PAYMENT_PATIENT = Command("payment.open_patient", "Open the patient", ("Alt+P",))
SHOW_BYTES = Command("payment.show_bytes", "Show the bytes", ("Alt+B",))
RECEIPT_VOID = Command("payment.void_receipt", "Void the receipt")
RECEIPT_REFUND = Command("payment.refund_receipt", "Refund unapplied money")
RECEIPT_APPLY = Command("payment.apply_receipt", "Apply unapplied money", ("Alt+A",))
PAYMENTS_TAB_1 = Command("payment.tab_remittances", "Show remittances", ("Alt+1",))
PAYMENTS_TAB_2 = Command("payment.tab_receipts", "Show receipts", ("Alt+2",))
PAYMENTS_TAB_3 = Command("payment.tab_tasks", "Show tasks of payments", ("Alt+3",))
CREDIT_TAKE_OFF = Command("payment.take_off", "Take off the receipt…", ("Alt+O",))
TASK_CLOSE = Command("task.close", "Close the task", ("Alt+D",))
RECEIPT_TAKE = Command("payment.take_receipt", "Take a patient's payment", ("Ctrl+Shift+T",))
STATEMENT_RUN = Command("statement.run", "Print a run of statements", ("Ctrl+Shift+M",))
STATEMENT_TICK = Command("statement.tick", "Leave out or put in", ("Alt+I",))
STATEMENT_VOID = Command("statement.void", "Void the statement")
EXPLAIN = Command("account.explain", "Why is this owed?", ("Ctrl+Shift+W",))
DAY_CLOSE = Command("report.close_day", "Close the day", ("Ctrl+Shift+D",))
BACKUP = Command("practice.backup", "Back up the practice", ("Ctrl+Shift+B",))
DOCTOR = Command("practice.doctor", "Examine the practice")
CODES_IMPORT = Command("codes.import", "Load a code file", ("Ctrl+Shift+I",))
CODE_FAVOURITE = Command("codes.favourite", "Favourite or not", ("F2",))
CODE_BACK = Command("codes.back", "Back to the code before", ("Alt+Left",))
CODE_CHANGES = Command("codes.changes", "What a release changed", ("Ctrl+Shift+H",))
CODE_TO_VISIT = Command("codes.to_visit", "Add the code to the visit", ("Alt+V",))
PAYERS_IMPORT = Command("payers.import", "Load payers from a list", ("Alt+G",))
FEES_IMPORT = Command("fees.import", "Load fees from CSV", ("Ctrl+Shift+G",))

ALL: tuple[Command, ...] = tuple(
    value for value in tuple(globals().values()) if isinstance(value, Command)
)

# Keys that fields and tables understand by themselves; F1 shows them below the commands.
FIELD_KEYS: tuple[tuple[str, str], ...] = (
    ("Enter", "Go to the next field; in a table, open the row"),
    ("Ctrl+Enter", "Save the form"),
    ("Esc", "Close the list, clear the filter, or leave the form"),
    ("F4", "Open the list of the field"),
    ("Tab", "Take the marked proposal and go on"),
    ("Ctrl+C", "Copy the chosen rows of a table"),
    ("Ctrl+1 to Ctrl+9", "Go to a page of the side bar"),
    ("t", "In a date: today"),
    ("+7, -1", "In a date: days later or earlier"),
    ("[, ]", "In a date: a month earlier or later"),
    ("m, h", "In a date: first or last day of the month"),
    ("100-35", "In an amount: the sum"),
)
