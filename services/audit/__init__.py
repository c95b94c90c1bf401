"""How expectations evolved: the questions that anybody entitled can ask of what was recorded.

Every question is asked like this, and answers plain, JSON-ready values: ids are strings, instants
RFC 3339 with `Z`, days ISO. Each asks access itself (deed `agreement.audit`, or `read_expectations`)
and raises NotThere for what this viewer may not see.

    versions.list_versions(ledger, clock, actor, agreement_id, *, as_of=None, known_at=None,
                           cursor=None, limit=50)             -> {"items": [...], "next_cursor"}
    versions.get_version(ledger, clock, actor, agreement_id, number, *, as_of=None, known_at=None) -> {...}
    text_diff.get_diff(ledger, clock, actor, agreement_id, from_, to)
                           from_, to: "3", an RFC 3339 instant, or "proposal" (the open one; `to` unless said)  -> {...}
    lineage.get_lineage(ledger, clock, actor, agreement_id, term_id, *, cursor=None, limit=200)
                           -> {..., "entries": [...], "next_cursor"}
    history.list_history(ledger, clock, actor, agreement_id, names, *, cursor=None, limit=50)
                           names: async (ids) -> {id: name}, as Identities.names   -> {"items", "next_cursor"}
    expectations.get_expectations(ledger, clock, holding, actor, person_id, *, on=None)
                           holding: what to ask, as holding.Holding  -> {...}

`text_diff`, `lineage`, `history` and `word_diff` also have the pure functions behind these.
"""
