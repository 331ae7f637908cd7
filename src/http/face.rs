//! What the service grants on the wire, and to whom.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use entity::StaffRole;
use wire::Limits;
use wire::socket::Rules;
use wire::trusted::{Documents, Mode};

use super::{Connections, Peers};
use crate::tenancy::Viewer;

/// What the service grants on the wire.
#[derive(Clone, Debug)]
pub struct Face {
    /// Who connects.
    pub peers: Peers,
    /// What a document may ask for.
    pub limits: Limits,
    /// The documents of clients that are known.
    pub documents: Documents,
    /// What happens to other documents.
    pub modes: Modes,
    /// Cost points of one client in a minute.
    pub client_points: usize,
    /// Cost points of all clients of one body in a minute.
    pub tenant_points: usize,
    /// Cost points of one client in a minute for events that it listens to: beyond that, they come later.
    pub event_points: usize,
    /// Operations of members that are executed at once; others wait a moment for their turn.
    pub in_flight: usize,
    /// Those of callers who are not signed in.
    pub strangers_in_flight: usize,
    /// Those of one body at once; of one person or service where it is of no body, or of one address.
    pub in_flight_of_one: usize,
    /// How long a query may take.
    pub query_time: Duration,
    /// How long an act may take. One that takes longer is undone; acts are given more time than queries, so that nobody has to
    /// wonder about what a long import did.
    pub act_time: Duration,
    /// The bounds of connections.
    pub connections: Connections,
    /// Sockets and streams of events of members at once.
    pub listeners: usize,
    /// Those of callers who are not signed in; and as many sockets again of which it is not known yet whose they are.
    pub strangers_who_listen: usize,
    /// Those of one client at once: of one person or service of a body, or of one address where nobody is signed in.
    pub listeners_of_one: usize,
    /// The bounds of a socket.
    pub socket: Rules,
}

impl Default for Face {
    fn default() -> Self {
        Self {
            peers: Peers::Clients,
            limits: Limits::default(),
            documents: Documents::default(),
            modes: Modes::default(),
            client_points: 30_000,
            tenant_points: 300_000,
            event_points: 300_000,
            in_flight: 64,
            strangers_in_flight: 16,
            in_flight_of_one: 8,
            query_time: Duration::from_secs(5),
            act_time: Duration::from_mins(1),
            connections: Connections::default(),
            listeners: 1_000,
            strangers_who_listen: 1_000,
            listeners_of_one: 50,
            socket: Rules::default(),
        }
    }
}

/// What happens to documents that are in no manifest, by the role of whoever sends them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    usual: Mode,
    of: BTreeMap<Option<StaffRole>, Mode>,
}

impl Modes {
    /// Reads `log`, `warn` or `enforce`, or such words for roles: `warn,employer=enforce,public=enforce`. None of what is
    /// neither.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut modes = Self::default();
        for part in text.split(',').map(str::trim) {
            match part.split_once('=') {
                None => modes.usual = part.parse().ok()?,
                Some(("public", mode)) => drop(modes.of.insert(None, mode.parse().ok()?)),
                Some((role, mode)) => drop(modes.of.insert(Some(role_named(role)?), mode.parse().ok()?)),
            }
        }
        Some(modes)
    }

    /// Whether somebody's are refused.
    #[must_use]
    pub fn enforce(&self) -> bool {
        self.of.values().chain([&self.usual]).any(|mode| *mode == Mode::Enforce)
    }

    /// What happens to a viewer's.
    #[must_use]
    pub fn of(&self, viewer: &Viewer) -> Mode {
        let role = viewer.member().map(|member| member.role);
        self.of.get(&role).copied().unwrap_or(self.usual)
    }
}

impl fmt::Display for Modes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.usual)?;
        for (role, mode) in &self.of {
            let role =
                role.map_or_else(|| "public".to_owned(), |role| role.word().to_lowercase().replace('_', "-"));
            write!(f, ",{role}={mode}")?;
        }
        Ok(())
    }
}

/// The documents of all manifests in a folder: a file CLIENT.json each.
///
/// # Errors
/// Which file cannot be read, or is no manifest, and why.
pub fn documents_in(folder: &Path) -> Result<Documents, String> {
    let unreadable = |path: &Path| {
        let path = path.display().to_string();
        move |why: std::io::Error| format!("{path}: {why}")
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    let mut documents = Documents::default();
    for path in files {
        let client = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let manifest = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
        documents.add(&client, &manifest).map_err(|why| format!("{}: {why}", path.display()))?;
    }
    if documents.is_empty() {
        return Err(format!("{}: there is no manifest with a document in it", folder.display()));
    }
    Ok(documents)
}

fn role_named(text: &str) -> Option<StaffRole> {
    use sea_orm::ActiveEnum;
    StaffRole::try_from_value(&text.to_uppercase().replace('-', "_")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_by_role() {
        let modes = Modes::read("warn, employer=enforce,public=log").expect("modes");
        assert_eq!(modes.of(&Viewer::public()), Mode::Log);
        assert!(modes.enforce() && !Modes::read("warn").expect("modes").enforce());
        assert_eq!((modes.usual, modes.of[&Some(StaffRole::Employer)]), (Mode::Warn, Mode::Enforce));
        assert_eq!(Modes::read("agency-officer=enforce").map(|modes| modes.usual), Some(Mode::Log));
        for text in ["", "always", "boss=log", "lead=always"] {
            assert_eq!(Modes::read(text), None, "{text}");
        }
    }
}
