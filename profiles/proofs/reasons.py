"""Why a proof did not hold, in words that say what to do; stored by name."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "wrong-code": _("That is not the code that was sent. Look at the latest mail, or have a new code sent."),
    "code-expired": _("The code is no longer valid: codes hold for ten minutes. Have a new one sent."),
    "too-many-tries": _("The code was tried too often and no longer counts. Have a new one sent."),
    "other-session": _("Codes count only in the browser that asked for them. Have a new one sent to use it here."),
    "upstream": _("The other site did not answer. Nothing is lost: try again in a few minutes, or use another proof."),
    "changed": _("Something changed while the proof was checked. Start it again."),
}
