"""Is the register true: each check one small class, run set-wise over the tables of a snapshot.

The register is compared with itself, with attendance, with other districts' registers and with
civil registration. What is found is evidence: a finding says what stands against what, and a
person looks. No check says that somebody cheated.

What the tables carry
    References and blind indexes only: no identity number, telephone number or name is in a
    snapshot (design 6.7). Whatever a check needs from one of them is derived when the snapshot is
    made, by whoever may open it: whether the number's check character fits, the birth date and
    the sex in it, blind indexes of its parts (so that a mistyped number is recognised); blind
    indexes of the name as written, of its sound and of the sound of its parts. Everything here
    works on these alone, so that it can run where nobody may open anything.

What was not delivered
    A check whose tables are not there, or that are older than its limits allow, is undecided and
    says what is missing. It never counts as "nothing found".

Two names for what a finding says
    `figures` are for whoever looks at it. `facts` are those of them that make it the finding it
    is; their fingerprint keeps a false alarm silent until one of them changes. So days that go by
    stand in the figures and not in the facts.

Source:
    REG-5; GB 11643 (identity numbers), GB/T 2261.1 (sex), GB/T 4761 (kinship).
"""
