"""``policyctl root propose``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from policyctl.cli.formats import Format
from policyctl.cli.options import DryRunOption, FormatOption, KeyOption, NowOption, RationaleOption
from policyctl.cli.root_options import (
    AddKeyOption,
    AddMemberOption,
    AddPersonOption,
    AddRoleOption,
    AddStewardOption,
    AddTeamOption,
    AdoptOption,
    EmergencyOption,
    ForceOption,
    FromFileOption,
    RemoveGroupOption,
    RemoveMemberOption,
    RemovePersonOption,
    RemoveStewardOption,
    RevokeKeyOption,
    SoloOption,
    Texts,
    ThresholdOption,
)

if TYPE_CHECKING:
    from policyctl.core.root_edit import RootEdit
    from policyctl.render.lines import Line
    from policyctl.usecases.root_proposal import RootProposal


def propose(
    rationale: RationaleOption = None,
    file: FromFileOption = None,
    add_person: AddPersonOption = None,
    remove_person: RemovePersonOption = None,
    add_key: AddKeyOption = None,
    revoke_key: RevokeKeyOption = None,
    add_role: AddRoleOption = None,
    add_team: AddTeamOption = None,
    remove_group: RemoveGroupOption = None,
    add_member: AddMemberOption = None,
    remove_member: RemoveMemberOption = None,
    add_steward: AddStewardOption = None,
    remove_steward: RemoveStewardOption = None,
    threshold: ThresholdOption = None,
    adopt: AdoptOption = None,
    solo: SoloOption = None,
    emergency: EmergencyOption = None,
    force: ForceOption = False,
    dry_run: DryRunOption = False,
    key: KeyOption = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Propose the next trust root, and say what it changes.

    Your signature stands on it already.
    """
    from policyctl.adapters.root_wishes import baselines_of
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.rationale import reason
    from policyctl.cli.workplace import workplace
    from policyctl.render.json.root_proposal import render as as_json
    from policyctl.render.text.root_proposal import render, render_done
    from policyctl.usecases.propose_root import RootWish, propose_root

    baselines, adopted = baselines_of(adopt or [])
    edit = _edit(
        people=(add_person, remove_person),
        keys=(add_key, revoke_key),
        groups=(add_role, add_team, remove_group),
        members=(add_member, remove_member),
        stewards=(add_steward, remove_steward, threshold),
        adopted={name: baselines[name] for name in adopted},
        solo=solo,
        emergency=emergency,
    )
    with workplace(key) as hands:

        def change(why: str, *, dry: bool) -> RootProposal:
            wish = RootWish(
                edit=edit,
                rationale=why,
                now=moment(now),
                file=_whole(file),
                baselines=baselines,
                force=force,
            )
            return propose_root(wish, hands=hands, dry_run=dry)

        def preview(why: str) -> list[Line]:
            return render(change(why, dry=True), None)

        with reason(rationale, preview, dry_run=dry_run, form=format) as why:
            proposal = change(why, dry=dry_run)
    emit(
        lambda width: [*render(proposal, width), *render_done(proposal, width)],
        lambda: as_json(proposal, "root propose"),
        format,
    )


def _whole(file: str | None) -> tuple[str, bytes] | None:
    """Name and bytes of a file that holds all of governance."""
    from policyctl.adapters.document_bytes import read

    return (file, read(file, file=file)) if file else None


def _edit(
    *,
    people: tuple[Texts, Texts],
    keys: tuple[Texts, Texts],
    groups: tuple[Texts, Texts, Texts],
    members: tuple[Texts, Texts],
    stewards: tuple[Texts, Texts, int | None],
    adopted: Mapping[str, bytes],
    solo: bool | None,
    emergency: str | None,
) -> RootEdit:
    """The single wishes; of what comes and what goes, the options for what comes stand first."""
    from policyctl.adapters.root_wishes import (
        emergency_of,
        fingerprint_of,
        key_of,
        members_of,
        people_of,
    )
    from policyctl.cli.workplace import named_pairs, pairs
    from policyctl.core.canonical import sha256
    from policyctl.core.root_edit import RootEdit

    roles, teams, ended = groups
    joining, leaving = members
    come, go, threshold = stewards
    new_keys, old_keys = keys
    return RootEdit(
        add_people=people_of(pairs(people[0] or [], "--add-person")),
        remove_people=tuple(people[1] or ()),
        add_keys=tuple((who, key_of(text)) for who, text in named_pairs(new_keys, "--add-key")),
        revoke_keys=tuple(
            (who, fingerprint_of(text)) for who, text in named_pairs(old_keys, "--revoke-key")
        ),
        add_roles={
            name: members_of(text) for name, text in pairs(roles or [], "--add-role").items()
        },
        add_teams={
            name: members_of(text) for name, text in pairs(teams or [], "--add-team").items()
        },
        remove_groups=tuple(ended or ()),
        join=named_pairs(joining, "--add-member"),
        leave=named_pairs(leaving, "--remove-member"),
        add_stewards=tuple(come or ()),
        remove_stewards=tuple(go or ()),
        threshold=threshold,
        adopt={name: sha256(content) for name, content in adopted.items()},
        solo=solo,
        emergency=emergency_of(emergency) if emergency else None,
    )
