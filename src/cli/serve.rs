//! `nominations serve`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use entity::InstallationKind;
use tokio::net::TcpListener;

use super::open::{assemble, keys, ready};
use super::{DatabaseArgs, Outcome, Problem};
use crate::app::App;
use crate::applications::actions::Sweep;
use crate::clock::Clock;
use crate::config::{ServeFlags, Settings};
use crate::demo::MoveDates;
use crate::exceptions::store as exceptions;
use crate::http::{DemoFacts, may_offer_demo_sign_in, serve};
use crate::tenancy::SystemScope;

/// How often what only the clock changes is looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
