//! Identifiers, and which record belongs to which.

use super::room;

room! {
    duplicate_identifier: DuplicateIdentifier,
    identifier_shared_by_patients: IdentifierSharedByPatients,
    orphan_reference: OrphanReference,
}
