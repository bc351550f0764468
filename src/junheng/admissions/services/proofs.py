"""What is asked of registers for an application, and how their answers stand for its proofs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from junheng.admissions.engine.statement import Document, Proof, Statement
from junheng.admissions.engine.verification import Evidence, Standing
from junheng.evidence.facade import Answer, Person, Question, Register, State

PURPOSE = "admission"
LEGAL_BASIS = "《义务教育法》第十二条；《个人信息保护法》第十三条第一款第三项"
REGISTERS: Mapping[Proof, tuple[Register, ...]] = {
    Proof.HOUSEHOLD: (Register.HOUSEHOLD,),
    Proof.HOUSE: (Register.REAL_ESTATE,),
    Proof.RESIDENCE: (Register.RESIDENCE_PERMIT,),
    Proof.WORK: (Register.SOCIAL_INSURANCE, Register.BUSINESS_LICENCE, Register.TAX),
}
"""Any one of the registers behind a proof is enough."""
STANDINGS = {
    State.FOUND: Standing.PROVED,
    State.PROBABLE: Standing.UNCLEAR,
    State.SEVERAL: Standing.UNCLEAR,
    State.NOT_FOUND: Standing.NOT_FOUND,
    State.UNAVAILABLE: Standing.WAITING,
    State.NOT_CONNECTED: Standing.NOT_ASKED,
}
BEST_FIRST = (
    Standing.PROVED,
    Standing.WAITING,
    Standing.UNCLEAR,
    Standing.DIFFERS,
    Standing.NOT_FOUND,
    Standing.NOT_ASKED,
)
"""Where several registers could prove the same thing, the first of these that one says holds."""
OF_A_PERSON = frozenset({"number", "name", "birth"})


def questions_of(told: Statement) -> Iterator[tuple[Proof, Question]]:
    """What registers are asked, proof by proof; only what the family says it can show."""
    for proof in told.home.claims:
        person, about = _asked(proof, told)
        for register in REGISTERS[proof]:
            yield proof, Question(register, person, about, role=proof.value)


def _asked(proof: Proof, told: Statement) -> tuple[Person, Mapping[str, str]]:
    home, guardian = told.home, told.guardian
    if proof is Proof.HOUSEHOLD:
        child = told.child
        number = child.number if child.document is Document.RESIDENT_ID else ""
        return Person(child.name, number, child.born_on, home.place), {}
    if proof is Proof.HOUSE:
        owner = home.owner or guardian.name
        number = home.owner_number if home.owner else guardian.number
        return Person(owner, number, None, home.place), {"certificate": home.certificate}
    about = {"permit": home.permit} if proof is Proof.RESIDENCE else {}
    return Person(guardian.name, guardian.number, None, home.place), about


def evidence_of(answers: Sequence[tuple[Proof, Answer]], told: Statement) -> dict[Proof, Evidence]:
    """How every proof stands by the answers of its registers."""
    found: dict[Proof, Evidence] = {}
    for proof, answer in answers:
        stands = Evidence(_standing(proof, answer, told), _figures(answer))
        known = found.get(proof)
        if known is None or _rank(stands) < _rank(known):
            found[proof] = stands
    return found


def _rank(evidence: Evidence) -> int:
    return BEST_FIRST.index(evidence.standing)


def _standing(proof: Proof, answer: Answer, told: Statement) -> Standing:
    """A person who is found with certainty, but elsewhere or with another house, differs."""
    stands = STANDINGS[answer.state]
    if stands is not Standing.PROVED:
        return stands
    at = answer.facts.get("place_code", "")
    elsewhere = proof is not Proof.WORK and at not in ("", told.home.place)
    other = set(answer.differs) - OF_A_PERSON - {"place"}
    return Standing.DIFFERS if elsewhere or other else Standing.PROVED


def _figures(answer: Answer) -> dict[str, str]:
    return {
        "register": answer.register.value,
        "as_of": answer.as_of.isoformat() if answer.as_of else "",
        "source": answer.source,
        "finding": str(answer.pk),
    }
