//! The plain files around the sealed ones: the texts for people, the specification, and what makes the accession a BagIt bag.

use crate::Error;
use crate::description::Description;
use crate::files::{Folder, Written};
use crate::names::{self, MANIFEST, TAG_MANIFEST};

pub(super) const UNFINISHED_README: &str = "\
This archive was begun and not finished.

It does not open, because it is not complete. The program that writes it can resume it with the key of the archive. Do
not delete the source before the archive is finished and verified.
";

pub(super) const FINISHED_README: &str = "\
This is an encrypted archive of patient charts from a practice's former EHR.

Nothing in it can be read without a key. The key is a recovery code of 56 letters and digits, or a key file that holds
one. Ask the practice's records custodian for it.

To check that the archive is whole, without any key:
    cd bag-000001 && sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt
and the same in every other bag. A pack that state/CURRENT lists as purged is missing on purpose: all that was in it was
erased when its retention had run out.
To read it without the program that wrote it:
    bag-000001/SPEC/FORMAT.md   says how it is built
    bag-000001/SPEC/SEALING.md  says how it is encrypted
    bag-000001/SPEC/reader.py   is a complete reader in Python

Reading a chart is recorded in log/. Keep the folder whole: the bags never change, state and log do.
";

/// What ships in every accession, so that it can be read when this crate is forgotten.
const SPEC: [(&str, &str); 4] = [
    ("SPEC/FORMAT.md", include_str!("../../spec/FORMAT.md")),
    ("SPEC/SEALING.md", include_str!("../../spec/SEALING.md")),
    ("SPEC/reader.py", include_str!("../../spec/reader.py")),
    ("SPEC/vectors.json", include_str!("../../spec/vectors.json")),
];

/// The files that make the accession a BagIt bag. Its tag manifest stands for all of it.
pub(super) fn write_bag(
    folder: &Folder,
    bag: u32,
    description: &Description,
    mut payload: Vec<Written>,
) -> Result<Written, Error> {
    folder.create_folder(&names::in_bag(bag, "SPEC"))?;
    let bag_info = format!(
        "Bag-Software-Agent: {}\nBagging-Date: {}\nExternal-Identifier: {}\nPayload-Oxum: {}.{}\n",
        description.software,
        &description.created[..10],
        description.archive_id,
        payload.iter().map(|file| file.len).sum::<u64>(),
        payload.len(),
    );
    let mut tags = Vec::new();
    for (path, text) in SPEC {
        tags.push(folder.write(&names::in_bag(bag, path), text.as_bytes())?);
    }
    let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    tags.push(folder.write(&names::in_bag(bag, "bagit.txt"), declaration.as_bytes())?);
    tags.push(folder.write(&names::in_bag(bag, "bag-info.txt"), bag_info.as_bytes())?);
    tags.push(folder.write(
        &names::in_bag(bag, MANIFEST),
        manifest(bag, &mut payload).as_bytes(),
    )?);
    folder.write(
        &names::in_bag(bag, TAG_MANIFEST),
        manifest(bag, &mut tags).as_bytes(),
    )
}

fn manifest(bag: u32, files: &mut [Written]) -> String {
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let folder = names::in_bag(bag, "");
    let in_bag = |file: &Written| file.path.trim_start_matches(&folder).to_owned();
    files
        .iter()
        .map(|file| format!("{}  {}\n", file.sha256, in_bag(file)))
        .collect()
}
