"""What the database does and refuses about posts: where somebody belongs follows from them."""

from __future__ import annotations

import pgtrigger

BELONGS_TO_LATEST = """
    SELECT post.organisation_id INTO latest FROM registry_staffpost post
        WHERE post.person_id = coalesce(NEW.person_id, OLD.person_id)
        ORDER BY post.valid_to IS NULL DESC, post.valid_from DESC, post.id DESC LIMIT 1;
    UPDATE registry_staffmember SET organisation_id = latest
        WHERE id = coalesce(NEW.person_id, OLD.person_id)
            AND latest IS NOT NULL AND organisation_id <> latest;
    RETURN NULL;
"""

POST_STAYS_SOMEBODYS = """
    IF ROW(NEW.person_id, NEW.organisation_id, NEW.valid_from)
        IS DISTINCT FROM ROW(OLD.person_id, OLD.organisation_id, OLD.valid_from) THEN
        RAISE EXCEPTION 'a post stays whose and where it is; end it and begin another'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def of_a_post() -> list[pgtrigger.Trigger]:
    """Where somebody belongs follows from the latest post; a post is nobody else's afterwards."""
    return [
        pgtrigger.Trigger(
            name="belongs_to_latest",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=BELONGS_TO_LATEST,
            declare=[("latest", "BIGINT")],
        ),
        pgtrigger.Trigger(
            name="post_stays_somebodys",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=POST_STAYS_SOMEBODYS,
        ),
    ]
