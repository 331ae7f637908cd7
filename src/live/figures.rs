//! Figures of places as listeners are told them: read once for all who may read the same, however many listen.

use std::collections::HashMap;

use entity::ExceptionId;
use tokio::sync::Mutex;

use crate::app::App;
use crate::error::Found;
use crate::quota::graphql::{Quota, QuotaFigures};
use crate::quota::loaders::shared_figures;
use crate::tenancy::Viewer;

/// By class exception, and whether the figures by body are among them; with the position up to which everything is in them.
#[derive(Debug, Default)]
pub(super) struct Figures(Mutex<HashMap<(ExceptionId, bool), (i64, QuotaFigures)>>);

impl Figures {
    /// The figures with everything in them up to a position. Who asks while they are read waits for the same.
    pub async fn at(&self, app: &App, quota: &Quota, viewer: &Viewer, position: i64) -> Found<QuotaFigures> {
        let key = (quota.id(), shared_figures(viewer).is_some());
        let mut known = self.0.lock().await;
        if let Some((_, figures)) = known.get(&key).filter(|(at, _)| *at >= position) {
            return Ok(figures.clone());
        }
        let figures = quota.figures(app, viewer).await?;
        known.insert(key, (position, figures.clone()));
        Ok(figures)
    }
}
