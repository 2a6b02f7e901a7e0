"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id with the parameters RFC 9106, section 4, recommends where memory is scarce: 3 passes over 64 MiB.

    Django's own choice takes 100 MiB for every login that is being checked.
    """

    time_cost = 3
    memory_cost = 64 * 1024
    parallelism = 4
