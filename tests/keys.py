"""Keys of tables that are not public and do not hold the tenant, and why each tells nobody that something of another's is there."""

TENANT = ("municipality_id", "territory_id", "country_id", "organisation_id", "principal_id")
RANDOM = "a random key: nobody can guess one that is another's"
COMMITTEES = ("committee", "council_instrument", "declaration", "bylaws", "body", "seat", "person", "term")
COMMITTEES += ("commitment", "stakeholder_map", "stakeholder", "stakeholder_stance", "open_call", "seat_invitation")
COMMITTEES += ("waiver", "step_record", "alert", "item_declaration")
COMMITTEES += ("committee_session", "decision", "minutes", "erratum", "agreement", "calendar_feed")
ORACLES = {
    "alert_open": "written by the clock alone",
    "step_record_present": "written by the clock alone",
    "register_revision_pkey": "the versions of one record, kept by the write that replaces them",
    "affiliation_pkey": RANDOM,
    "principal_pkey": RANDOM,
    "granted_pkey": RANDOM,
    "invitation_pkey": RANDOM,
    "import_pkey": RANDOM,
    "parked_pkey": RANDOM,
    "document_pkey": RANDOM,
    "training_event_pkey": RANDOM,
    "certificate_pkey": "given by the server, from random bits",
    "certificate_code": "given by the server, from random bits",
    "technical_assistance_pkey": RANDOM,
    **{f"{table}_pkey": RANDOM for table in COMMITTEES},
    **{f"{table}_pkey": RANDOM for table in ("transition", "handover_file")},
    "api_key_pkey": "given by the server, from random bits",
    "community_pkey": "given by the server from a sequence; no client brings one",
    "email-taken": "an address signs in at one account in all the region",
}
"""Unique keys of tables that are not public, without the tenant in them, and why each tells nobody that something of another's is there."""
OF_COMMITTEE = "read in the caller's scope first, and found to be of the same committee"
CHECKED_BEFORE = {
    "granted_principal_fkey": "whoever is granted an office is read in the granter's scope first",
    "invitation_principal_fkey": "made for the account just made, or read in the inviter's scope",
    "api_key_principal_fkey": "made for an account read in the caller's scope",
    "credential_principal_fkey": "reached by functions only",
    "session_principal_fkey": "reached by functions only",
    "scope_principal_fkey": "reached by functions only",
    "parked_import_fkey": "made by the import itself",
    "document_redacts_fkey": "holds the municipality, and is read in the caller's scope first",
    "training_event_document_fkey": "holds the municipality, and of a document there only its random key is told to be one",
    "technical_assistance_document_fkey": "the same",
    **{f"{table}_committee_fkey": OF_COMMITTEE for table in COMMITTEES[1:]},
    **{f"{key}_fkey": OF_COMMITTEE for key in ("committee_legalised", "committee_dissolved", "bylaws_instrument")},
    **{f"{key}_fkey": OF_COMMITTEE for key in ("body_parent", "seat_body", "term_body", "term_seat", "term_instrument")},
    **{
        f"{table}_document_fkey": "holds the municipality, where the citing thing lies too"
        for table in (
            *("council_instrument", "declaration", "bylaws", "term", "waiver", "item_declaration"),
            *("commitment", "commitment_demand", "stakeholder_map", "open_call"),
            *("minutes", "minutes_published", "erratum", "agreement"),
        )
    },
    **{
        f"{key}_fkey": OF_COMMITTEE
        for key in (
            *("commitment_term", "commitment_instrument", "commitment_champion_seat", "stakeholder_map_copied", "stakeholder_map"),
            *("stakeholder_stance_stakeholder", "seat_invitation_seat", "seat_invitation_stakeholder", "seat_invitation_open_call"),
            "seat_invitation_term",
            *("committee_session_body", "committee_session_bylaws", "session_attendance_seat", "session_attendance_term", "agreement_seat"),
        )
    },
    **{
        f"{key}_fkey": "read in the caller's personal scope first"
        for key in ("commitment_champion_person", "stakeholder_person", "seat_invitation_contact")
    },
    **{
        f"{key}_fkey": "holds the municipality, and is read in the caller's scope first"
        for key in (
            *("session_attendance_session", "inauguration_session", "decision_session", "session_vote_decision", "session_vote_attendance"),
            *("minutes_session", "minutes_approved_in", "erratum_minutes", "agreement_session", "agreement_decision"),
        )
    },
    "step_due_committee_fkey": "written by the clock alone",
    "calendar_feed_principal_fkey": "the caller's own",
    "office_term_document_fkey": "holds the municipality, where the term of office lies too",
    "office_term_instrument_fkey": "found to be of the same municipality, in the caller's scope",
    "office_term_person_fkey": "found to be of the same municipality first, with the personal scope",
    "handover_file_transition_fkey": "made by the house for the transition that it froze",
    "transition_commitment_fkey": "found among the municipality's own first, in the caller's scope",
    "term_person_fkey": "read in the caller's personal scope first",
    **dict.fromkeys(("training_attendance_event_fkey", "certificate_event_fkey"), "read in the caller's scope first"),
    "certificate_person_fkey": "stands in the attendance of the event, which the personal scope reads first",
    "training_attendance_person_fkey": "found to be of the same municipality first, with the personal scope",
}
"""Foreign keys to tables that are not public; a key from a body would otherwise tell whether another's row exists."""
