//! Identifiers, and which record belongs to which.

use super::room;

room! {
    duplicate_identifier: DuplicateIdentifier,
    entry_moved_to_another_parent: EntryMovedToAnotherParent,
    event_outside_its_encounter: EventOutsideItsEncounter,
    identifier_lost: IdentifierLost,
    identifier_shared_by_patients: IdentifierSharedByPatients,
    orphan_reference: OrphanReference,
    reference_cycle: ReferenceCycle,
}
