"""The passwords of the tests: hashed by the algorithm of the product, with less work."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 at a few hundred microseconds; the real cost is a tenth of a second for each password of a test."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
