"""`kerong rules mutate`: every small change of the rules that no case notices."""

import json
import sys
from typing import Annotated, Literal

import typer

from kerong.commands.packs import console, open_pack, stop
from kerong.lab.mutation import (
    ACCEPTED,
    Mutant,
    PoolMutant,
    Proof,
    Survivor,
    WaterfallMutant,
    Witness,
    proof_of,
    proof_of_group,
    proof_of_pool,
    proof_of_waterfall,
    value_written,
)
from kerong.rulebook.outcomes import OUTCOME_NAMES
from kerong.rulebook.parse import nearest
from kerong.store.packs import region_names


def mutate(
    region: Annotated[str | None, typer.Argument(help="a region's name or folder; default: every region")] = None,
    name: Annotated[
        str | None, typer.Argument(help="one rule, group, waterfall or pool of the region; default: all")
    ] = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    accepted: Annotated[bool, typer.Option("--accepted", help="list what is explained, too")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """Change every rule in every small way and list the changes that its cases let pass; 1 where there are any."""
    proofs = [proof for one in ([region] if region else region_names()) for proof in _proofs(one, name)]
    if as_json:
        lines = [_data(proof, survivor) for proof in proofs for survivor in proof.survivors]
        sys.stdout.write(json.dumps(lines, ensure_ascii=False, indent=1, default=str) + "\n")
        for proof in proofs:
            if proof.failing:
                typer.echo(_failing(proof, lang), err=True)
    else:
        for proof in proofs:
            _print(proof, lang, accepted)
        _print_sum(proofs, lang)
    if any(proof.open or proof.idle or proof.failing for proof in proofs):
        sys.exit(1)


def _proofs(region: str, name: str | None) -> list[Proof]:
    book, _ = open_pack(region)
    known = [*book.rules, *book.groups, *book.waterfalls, *book.pools]
    if name is not None and name not in known:
        stop(f"kerong: {region} has no rule {name}; {nearest(name, known)}")
    rules = [rule for rule in book.rules.values() if name in (None, rule.name)]
    groups = [group for group in book.groups.values() if name in (None, group.name)]
    pools = [pool for pool in book.pools.values() if name in (None, pool.name)]
    waterfalls = [waterfall for waterfall in book.waterfalls.values() if name in (None, waterfall.name)]
    return [
        *(proof_of(rule, book) for rule in rules),
        *(proof_of_group(group, book) for group in groups),
        *map(proof_of_waterfall, waterfalls),
        *(proof_of_pool(pool, book) for pool in pools),
    ]


def _print(proof: Proof, lang: str, accepted: bool) -> None:
    if proof.failing:
        console.print(_failing(proof, lang), markup=False, style="red", soft_wrap=True)
    for survivor in proof.survivors if accepted else proof.open:
        mutant = survivor.mutant
        line = f"{mutant.place.file}:{mutant.place.line}: {mutant.said.in_(lang)}"
        is_explainable = isinstance(mutant, Mutant | WaterfallMutant | PoolMutant) and survivor.accepted is None
        key = f' [accepted] "{ACCEPTED}{mutant.part}"' if is_explainable else ""
        console.print(f"{line}; {_told(survivor, lang)}{key}", markup=False, soft_wrap=True)
    for key in proof.idle:
        said = "写了理由，但每处改动都会被发现" if lang == "zh" else "is explained, but every change there is noticed"
        console.print(f"{proof.place.file}: [accepted] {key} {said}", markup=False, soft_wrap=True)


def _failing(proof: Proof, lang: str) -> str:
    """Once for a rule: its cases have to hold before they can notice anything."""
    first = proof.failing[0]
    place, count = f"{first.place.file}:{first.place.line}", len(proof.failing)
    titles = "; ".join(case.title for case in proof.failing)
    if lang == "zh":
        return f"{place}: {count} 个算例不成立，未作任何改动（原因见 kerong rules test）：{titles}"
    hold = "1 case does not hold" if count == 1 else f"{count} cases do not hold"
    return f"{place}: {hold}, so no change is tried (kerong rules test says why): {titles}"


def _told(survivor: Survivor, lang: str) -> str:
    if survivor.accepted is not None:
        return f"已说明：{survivor.accepted}" if lang == "zh" else f"explained: {survivor.accepted}"
    if survivor.witness is None:
        if lang == "zh":
            return "没有算例发现；需要一个算例达到这条限额，或改变两项事实"
        return "no case notices; one that reaches the limit, or that alters two facts, is wanted"
    return _case_wanted(survivor.witness, lang)


def _case_wanted(witness: Witness, lang: str) -> str:
    value = "unknown" if witness.value is None else value_written(witness.value)
    outcome = OUTCOME_NAMES[witness.said.outcome]
    clause = f" (clause {witness.said.clause})" if witness.said.clause else ""
    amount = f", {witness.said.fen} fen" if witness.said.fen is not None else ""
    if lang == "zh":
        return f"没有算例发现；“{witness.like.title}”中令 {witness.field} = {value} 即可：{outcome}{clause}{amount}"
    return f"no case notices; “{witness.like.title}” with {witness.field} = {value} would: {outcome}{clause}{amount}"


def _print_sum(proofs: list[Proof], lang: str) -> None:
    tried = sum(proof.tried for proof in proofs)
    survived = sum(len(proof.survivors) for proof in proofs)
    left = sum(len(proof.open) for proof in proofs)
    if lang == "zh":
        said = f"{tried} 处改动，{tried - survived} 处被算例发现，{survived - left} 处已说明，{left} 处无人发现"
    else:
        said = f"{tried} changes, {tried - survived} noticed, {survived - left} explained, {left} unnoticed"
    console.print(said, markup=False)


def _data(proof: Proof, survivor: Survivor) -> dict[str, object]:
    mutant, found = survivor.mutant, survivor.witness
    return {
        "rule": proof.rule,
        "part": mutant.part,
        "file": mutant.place.file,
        "line": mutant.place.line,
        "zh": mutant.said.zh,
        "en": mutant.said.en,
        "accepted": survivor.accepted,
        "witness": found
        and {
            "case": found.like.title,
            "field": found.field,
            "value": found.value,
            "outcome": OUTCOME_NAMES[found.said.outcome],
            "clause": found.said.clause,
            "fen": found.said.fen,
        },
    }
