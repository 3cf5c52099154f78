"""The password profile (密码要求): how long, how mixed, how old, how often wrong. One is chosen for the installation.

``standard`` follows NIST SP 800-63B and OWASP ASVS: length and a list of common passwords, no classes, no expiry.
``strict`` is what assessors of 等级保护 usually ask for: classes, 90 days, no reuse, and a second factor for administrators.
Settings name the profile, so this file stands on nothing of ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_CLASSES = (str.isupper, str.islower, str.isdigit)


@dataclass(frozen=True)
class PasswordProfile:
    """``history`` counts the present password too; ``expires`` is in days, ``locked`` and ``idle`` in minutes; 0 is no rule."""

    label: str
    length: int
    classes: int
    history: int
    expires: int
    failures: int
    locked: int
    idle: int
    second_factor_for_administrators: bool

    def complaints(self, password: str) -> Iterator[str]:
        """What is wrong with the password's shape."""
        if len(password) < self.length:
            yield f"密码至少 {self.length} 位"
        if classes_in(password) < self.classes:
            yield f"密码至少含大写字母、小写字母、数字、符号中的 {self.classes} 种"

    @property
    def rules(self) -> list[str]:
        """The requirements in words, as they stand at the field."""
        rules = [f"至少 {self.length} 位"]
        if self.classes > 1:
            rules.append(f"大写字母、小写字母、数字、符号至少 {self.classes} 种")
        rules.append("不要用账号、姓名和常见密码，不能全是数字")
        if self.history > 1:
            rules.append(f"不能与最近 {self.history} 次用过的相同")
        if self.expires:
            rules.append(f"每 {self.expires} 天更换一次")
        return rules

    @property
    def lock_text(self) -> str:
        return f"连续错 {self.failures} 次将锁定 {self.locked} 分钟"


def classes_in(password: str) -> int:
    """How many of capitals, small letters, digits and anything else stand in the password."""
    found = [any(of_class(ch) for ch in password) for of_class in _CLASSES]
    return sum(found) + any(not any(of_class(ch) for of_class in _CLASSES) for ch in password)


PASSWORD_PROFILES = {
    "standard": PasswordProfile(
        label="标准", length=12, classes=0, history=1, expires=0, failures=5, locked=15, idle=0,
        second_factor_for_administrators=False,
    ),
    "strict": PasswordProfile(
        label="等保", length=10, classes=3, history=5, expires=90, failures=5, locked=30, idle=30,
        second_factor_for_administrators=True,
    ),
}  # fmt: skip
