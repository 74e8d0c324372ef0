"""Django's PostgreSQL backend with one change: whether a kept connection still lives is read off its socket."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread keeps its connection from request to request; it is looked at before each."""

    def is_usable(self) -> bool:
        """Whether the server is still at the other end; it is asked only if the line has something to read.

        That is its end, or a notice. A line cut without a word is noticed by the request that uses it.
        """
        connection = self.connection
        if connection is None or connection.closed:
            return False
        line = select.poll()
        line.register(connection.fileno(), select.POLLIN)
        return not line.poll(0) or bool(super().is_usable())
