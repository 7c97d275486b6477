//! A key file: comment lines and one recovery code, readable by its owner only.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::{DataKey, Error};

/// A key file is a few lines; a longer file is some other file.
const MAX_LEN: u64 = 16 * 1024;

/// Writes `key` to a new file that only its owner may read (mode 0600 on Unix) and makes it durable.
///
/// `comment` says in plain words what the key opens; it must not hold patient data. A file that exists is never
/// overwritten: it may be the only copy of another key.
pub fn create(path: &Path, key: &DataKey, comment: &str) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;

    let mut text = Zeroizing::new(String::with_capacity(comment.len() + 256));
    for line in comment.lines() {
        text.push_str("# ");
        text.push_str(line);
        text.push('\n');
    }
    text.push_str(&key.expose_recovery_code());
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_all()?;

    // The name must survive a power cut as well. Directories cannot be opened as files on every system.
    if let Some(folder) = path.parent().filter(|_| cfg!(unix)) {
        File::open(if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        })?
        .sync_all()?;
    }
    Ok(())
}

/// Reads the key from a key file. Empty lines and lines that begin with `#` are comments.
pub fn read(path: &Path) -> Result<DataKey, Error> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)?.take(MAX_LEN).read_to_string(&mut text)?;
    let lines = || {
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
    };
    match (lines().next(), lines().count()) {
        (Some(code), 1) => DataKey::from_recovery_code(code),
        (_, found) => Err(Error::KeyFileContent { found }),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_key_comes_back_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("archive.key");
        let key = DataKey::generate().unwrap();
        create(
            &path,
            &key,
            "Opens the archive of the practice.\nKeep it apart from the archive.",
        )
        .unwrap();
        assert_eq!(read(&path).unwrap().expose_bytes(), key.expose_bytes());

        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# Opens the archive of the practice.\n# Keep it apart"));

        let again = create(&path, &DataKey::generate().unwrap(), "");
        assert!(
            matches!(again, Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::AlreadyExists)
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("archive.key");
        create(&path, &DataKey::generate().unwrap(), "x").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn damaged_files_say_what_is_wrong_and_not_what_they_hold() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("archive.key");
        let code = DataKey::from_bytes([9; 32]).expose_recovery_code();
        let slip = if code.starts_with('1') { "2" } else { "1" };
        let cases = [
            (
                "# nothing\n".to_owned(),
                "a key file holds one recovery code beside its comment lines; found 0",
            ),
            (
                format!("{0}\n{0}\n", code.as_str()),
                "a key file holds one recovery code beside its comment lines; found 2",
            ),
            (
                format!("{slip}{}", &code[1..]),
                "the recovery code was typed wrong: its checksum does not match",
            ),
        ];
        for (text, message) in cases {
            fs::write(&path, text).unwrap();
            assert_eq!(read(&path).unwrap_err().to_string(), message);
        }
    }
}
