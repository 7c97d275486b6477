//! The command line.

use std::path::PathBuf;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use ehr_archive::{Access, Purpose, Role, Unlock};
use ehr_crypto::epoch::FileEpochStore;
use ehr_crypto::{DataKey, key};
use examples::export::Failure;

/// Works with an archive of patient charts.
#[derive(Debug, Parser)]
#[command(name = "archive")]
pub(crate) struct Options {
    /// Folder of the archive
    #[arg(long)]
    archive: PathBuf,
    /// Key file; `verify` works without one
    #[arg(long)]
    key: Option<PathBuf>,
    /// Folder with the keys of the epochs, for an archive that has such a store
    #[arg(long)]
    epoch_keys: Option<PathBuf>,
    /// Who works with the archive
    #[arg(long, default_value = "archive example")]
    agent: String,
    /// Why
    #[arg(long, value_enum, default_value = "operations")]
    purpose: Why,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Why somebody works with the archive.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Why {
    Treatment,
    Payment,
    Operations,
    PatientRequest,
    Legal,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists entries
    List {
        /// First ordinal
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Finds entries; everything that is given must fit
    Find {
        /// Medical record number
        #[arg(long)]
        mrn: Option<String>,
        /// Beginning of a name
        #[arg(long)]
        name: Option<String>,
        /// Date of birth, or its year or month
        #[arg(long)]
        born: Option<String>,
        /// Also names with slips and names that sound alike
        #[arg(long)]
        tolerant: bool,
    },
    /// Shows what an entry holds, or writes one of its objects to the output
    Show {
        /// Ordinal of the entry
        entry: u64,
        /// Id of the object to write
        #[arg(long)]
        object: Option<String>,
    },
    /// Verifies the archive, with a key to the last byte of every object
    Verify {
        /// A checkpoint of the access log that was kept elsewhere
        #[arg(long)]
        kept: Option<PathBuf>,
    },
    /// Releases one patient's record
    Release(Release),
    /// Places, lists and lifts holds
    Hold(Hold),
    /// Reviews what has to be kept, after setting rules if some are given
    Retain {
        /// JSON file with rules
        #[arg(long)]
        rules: Option<PathBuf>,
        /// First ordinal
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Erases entries whose retention has run out
    Shred {
        /// Ordinals
        #[arg(required = true)]
        entries: Vec<u64>,
        /// Erase against the retention rules, by this order
        #[arg(long)]
        order: Option<String>,
        /// Keep names and numbers in the catalogue
        #[arg(long)]
        keep_index: bool,
        /// Delete packs in which nothing is left
        #[arg(long)]
        purge: bool,
    },
    /// Gives a holder a new key for the same roles
    Rotate {
        /// Label of the holder
        #[arg(long, default_value = "owner")]
        label: String,
        /// Key file to make
        new_key: PathBuf,
    },
    /// Lists who holds which roles
    Holders,
    /// Gives somebody roles, by a new key file, a passphrase, or shares of several people
    Grant(Grant),
    /// Takes somebody's roles away
    Revoke {
        /// Label of the holder
        label: String,
    },
    /// Writes everything out in clear, as FHIR NDJSON and files
    Export {
        /// Folder to make
        to: PathBuf,
        /// Charts as Parquet tables for analysts instead
        #[arg(long)]
        parquet: bool,
    },
    /// Prints the access log, one AuditEvent a line
    Log,
}

#[derive(Debug, Args)]
pub(crate) struct Release {
    /// Medical record number of the patient
    #[arg(long)]
    pub(crate) mrn: String,
    /// Who receives it
    #[arg(long)]
    pub(crate) recipient: String,
    /// Who authorized it
    #[arg(long)]
    pub(crate) authorized_by: Option<String>,
    /// First day
    #[arg(long, requires = "to")]
    pub(crate) from: Option<String>,
    /// Last day
    #[arg(long, requires = "from")]
    pub(crate) to: Option<String>,
    /// With days: also release what says no date
    #[arg(long)]
    pub(crate) with_undated: bool,
    /// Only these types of resources
    #[arg(long, value_delimiter = ',')]
    pub(crate) types: Vec<String>,
    /// Folder to make
    pub(crate) into: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Grant {
    /// Label of the holder
    pub(crate) label: String,
    /// Roles, with commas between: catalogue finds, epoch reads charts, log is needed by all, signing changes the state
    #[arg(long, value_delimiter = ',', required = true, value_parser = role)]
    pub(crate) roles: Vec<Role>,
    #[command(flatten)]
    pub(crate) lock: Lock,
}

/// What the holder will unlock with.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Lock {
    /// Key file to make
    #[arg(long, value_name = "FILE")]
    pub(crate) new_key: Option<PathBuf>,
    /// File whose first line is the passphrase
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase: Option<PathBuf>,
    /// So many of so many people together, as 2/3; the shares are printed, once
    #[arg(long, value_name = "M/N", value_parser = fraction)]
    pub(crate) shares: Option<(u8, u8)>,
}

#[derive(Debug, Args)]
pub(crate) struct Hold {
    /// Place a hold on the patient of this entry
    #[arg(long, requires = "matter")]
    pub(crate) entry: Option<u64>,
    /// Place a hold on everything
    #[arg(long, requires = "matter", conflicts_with = "entry")]
    pub(crate) all: bool,
    /// What the hold is about
    #[arg(long)]
    pub(crate) matter: Option<String>,
    /// Appoint the holder of this key file to lift holds, under this name: NAME=FILE
    #[arg(long)]
    pub(crate) appoint: Option<String>,
    /// Lift the hold of this number, with the keys of two people who were appointed
    #[arg(long, requires = "signed_by")]
    pub(crate) lift: Option<u64>,
    /// NAME=FILE, twice
    #[arg(long)]
    pub(crate) signed_by: Vec<String>,
}

/// What every command needs.
pub(crate) struct Session {
    pub(crate) archive: PathBuf,
    pub(crate) key: Option<DataKey>,
    pub(crate) store: Option<FileEpochStore>,
    pub(crate) epoch_keys: Option<PathBuf>,
    agent: String,
    recorded: String,
    purpose: Purpose,
}

fn role(word: &str) -> Result<Role, String> {
    let found = Role::ALL.into_iter().find(|role| role.as_str() == word);
    found.ok_or_else(|| "a role is catalogue, epoch, log or signing".to_owned())
}

fn fraction(text: &str) -> Result<(u8, u8), String> {
    let numbers = text.split_once('/');
    let numbers =
        numbers.and_then(|(needed, count)| Some((needed.parse().ok()?, count.parse().ok()?)));
    numbers.ok_or_else(|| "so many of so many, as 2/3".to_owned())
}

impl Options {
    pub(crate) fn session(&self) -> Result<Session, Failure> {
        let key = self.key.as_deref().map(key::file::read).transpose()?;
        if let Some(folder) = &self.epoch_keys {
            std::fs::create_dir_all(folder)?;
        }
        Ok(Session {
            archive: self.archive.clone(),
            key,
            store: self.epoch_keys.clone().map(FileEpochStore::new),
            epoch_keys: self.epoch_keys.clone(),
            agent: self.agent.clone(),
            recorded: DateTime::<Utc>::from(SystemTime::now())
                .to_rfc3339_opts(SecondsFormat::Secs, true),
            purpose: match self.purpose {
                Why::Treatment => Purpose::Treatment,
                Why::Payment => Purpose::Payment,
                Why::Operations => Purpose::Operations,
                Why::PatientRequest => Purpose::PatientRequest,
                Why::Legal => Purpose::Legal,
            },
        })
    }
}

impl Session {
    pub(crate) fn access(&self) -> Access<'_> {
        Access {
            agent: &self.agent,
            recorded: &self.recorded,
            purpose: self.purpose,
        }
    }

    pub(crate) fn unlock(&self) -> Result<Unlock<'_>, Failure> {
        let key = self.key.as_ref().ok_or("this needs --key")?;
        let unlock = Unlock::from(key);
        Ok(match &self.store {
            Some(store) => unlock.with_store(store),
            None => unlock,
        })
    }
}
