"""Day, month, year and the 24-hour clock: the same for readers everywhere."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
