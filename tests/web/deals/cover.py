"""What the covering kinds are tested with: products, institutions, people of each."""

from tests.web.deals.town import FILES

INSTITUTIONS = "".join(
    f'[[institution]]\ncode = "{code}"\nkind = "{kind}"\ntitle = {{ zh = "{zh}", en = "{en}" }}\n'
    for code, kind, zh, en in (
        ("guarantor_oak", "guarantor", "橡树担保", "Oak Guarantee"),
        ("guarantor_fir", "guarantor", "冷杉担保", "Fir Guarantee"),
        ("insurer_elm", "insurer", "榆树保险", "Elm Insurance"),
        ("fund_ash", "fund", "白蜡基金", "Ash Fund"),
    )
)


def files() -> dict[str, str]:
    """The lending town's pack with guarantors, an insurer and a fund, and what they offer."""
    return {**FILES, "region.toml": FILES["region.toml"] + INSTITUTIONS}
