"""What can go wrong with an embedded service, in words that say what to do."""


class ServiceError(Exception):
    """Shown to the user as it is; the exit status of a command that meets it is `status`."""

    def __init__(self, message: str, *, status: int = 1) -> None:
        super().__init__(message)
        self.status = status
