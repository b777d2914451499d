"""What `tablecast watch` says in sentences, each with the rows it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from Task2_model.contract import Contract
from Task2_model.formatting import format_percent, format_rounded, lower_first, with_unit

Report = dict[str, Any]


def statements(contract: Contract, report: Report) -> Iterator[Report]:
    """What a manager should know, each with the rows it rests on."""
    region = "range" if contract.task == "regression" else "set"
    promised, last, alarm = report["promised"], report["last"], report["alarm"]
    if last["outcomes"]:
        coverage = report["coverage"]
        if alarm["broken"] and last["covered"] > coverage["seen"] * last["outcomes"]:
            share, should = format_percent(coverage["seen"]), format_percent(promised)
            count = f"{share} of {coverage['outcomes']:,}"  # the last alone would look better
        else:
            count, should = (
                f"{last['covered']} of the last {last['outcomes']}",
                f"{promised * last['outcomes']:.0f}",
            )
        verdict = "; nothing says that it is not kept."
        if alarm["broken"]:
            verdict = f": recalibrate. It was found broken on {alarm['since'][:10]}."
        said = f"The {region} held the truth in {count}, it should be {should}"
        yield _statement(said + verdict, coverage["outcomes"], broken=alarm["broken"])
    elif report["outcomes"]:
        yield _statement(
            "No answer of the version in service has an outcome yet, so nobody can say whether it "
            "is right.", 0
        )  # fmt: skip
    else:
        yield _statement("No outcome has been posted, so nobody can say whether it is right.", 0)
    yield from _of_slices(contract, report)
    for each in report["past_alarms"]:
        found = f"was found on {each['since'][:10]} not to keep the promise, and has been replaced"
        yield _statement(f"Version {each['version']} {found}.", each["outcomes"])
    if (error := report["error"])["seen"] is not None and error["expected"]:
        seen, expected = (_amount(contract, error[part]) for part in ("seen", "expected"))
        said = (
            f"The mean error is {seen}; from the inputs {expected} was to be expected"
            if contract.task == "regression"
            else f"{seen} of the labels were wrong; from the inputs {expected} was to be expected"
        )
        verdict = ": what follows from the inputs has moved." if error["worse"] else "."
        yield _statement(said + verdict, error["outcomes"])
    yield from _of_challenger(contract, report["challenger"])
    moved = [line for line in report["drift"]["features"] if line["moved"]]
    if moved:
        names = ", ".join(line["label"] for line in moved[:5])
        text = f"What is asked about differs from what was learned from, most in {names}."
        yield _statement(text, moved[0]["now"])
    answers = report["drift"]["answers"]
    if answers and answers["moved"]:
        days = report["drift"]["recent_days"]
        far = f"(population stability index {answers['psi']:.2f})"
        yield _statement(
            f"The answers of the last {days} days differ from those before {far}.", answers["now"]
        )
    given = [line for line in report["drift"]["given"] if line["moved"]]
    if given:
        names = ", ".join(line["label"] for line in given[:5])
        text = f"Other features are given than before, on which the promise depends: {names}."
        yield _statement(text, given[0]["now"])


def _of_slices(contract: Contract, report: Report) -> Iterator[Report]:
    """Where the promise is broken; if it is as a whole, where it is broken most."""
    region = "range" if contract.task == "regression" else "set"
    others = {"version"} if report["alarm"]["broken"] else set()
    found = [
        each
        for each in report["slices"]
        if each["broken"]
        and each["kind"] not in others
        and (each["kind"] != "version" or each["name"] == report["version"])
    ]
    if report["alarm"]["broken"]:
        found = sorted(found, key=lambda each: float(each["seen"]))[:1]
    for each in found:
        kind = contract.by_name[each["kind"]].label if each["kind"] in contract.by_name else ""
        which = f"{kind or each['kind']}: {each['name']}"
        text = f"The {region} held the truth in {format_percent(each['seen'])}"
        yield _statement(f"{text} ({lower_first(which)}).", each["outcomes"], broken=True)


def _of_challenger(contract: Contract, report: Report) -> Iterator[Report]:
    """Whether the version in the shadow would have done better."""
    if not report:
        return
    name, difference = f"The challenger {report['version']}", report["difference"]
    if difference["low"] is None:
        yield _statement(f"{name} waits for outcomes of what is asked.", report["outcomes"])
        return
    low, high = (_amount(contract, abs(difference[end])) for end in ("low", "high"))
    if difference["high"] < 0:
        verdict = f"would have erred less, by {high} to {low} on average"
    elif difference["low"] > 0:
        verdict = f"would have erred more, by {low} to {high} on average"
    else:
        verdict = f"errs like what is in service: at most {low} less or {high} more"
    seen = report["challenger_coverage"]["seen"]
    share = "" if seen is None else f" It would have held the truth in {format_percent(seen)}"
    beside = share and f"; what was answered, in {format_percent(report['coverage']['seen'])}."
    yield _statement(f"{name} {verdict}.{share}{beside}", report["outcomes"])


def _statement(text: str, rows: int, *, broken: bool = False) -> Report:
    return {"text": text, "rows": rows, "broken": broken}


def _amount(contract: Contract, value: float) -> str:
    if contract.task == "classification":
        return format_percent(value, 1)
    return with_unit(format_rounded(value), contract.target.unit)
