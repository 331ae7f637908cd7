//! Where people are spoken of, and what is left there when that goes. Columns that cannot be empty keep an empty text.

use entity::{ApplicationId, application, interest, told_apart};
use sea_orm::sea_query::{Condition, Expr, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement, Value,
};
use sha2::{Digest, Sha256};

use crate::db::Gate;
use crate::error::Found;

/// What is done to the rows of applications: all of each statement but which applications.
const OF_APPLICATIONS: [&str; 15] = [
    "DELETE FROM worker WHERE application_id",
    "DELETE FROM worker_fingerprint WHERE application_id",
    "UPDATE evidence SET title = '', issuer = NULL, reference = NULL, url = NULL, note = NULL WHERE application_id",
    "UPDATE assessment SET note = NULL WHERE application_id",
    "UPDATE assessment_round SET advice_note = NULL, decision_note = NULL WHERE application_id",
    "UPDATE turn_back SET note = '', advice_note = NULL WHERE application_id",
    "UPDATE information_request SET question = '', answer = CASE WHEN answer IS NULL THEN NULL ELSE '' END, \
         cancel_reason = CASE WHEN cancel_reason IS NULL THEN NULL ELSE '' END WHERE application_id",
    "UPDATE hold SET reason = '', note = NULL WHERE application_id",
    "UPDATE amendment SET reason = '', changes = '[]', facts = '{}', passport_sealed = NULL, note = NULL \
         WHERE application_id",
    "UPDATE agency_case SET agency_reference = NULL, reason = NULL, told_sealed = NULL WHERE application_id",
    "UPDATE agency_outcome SET agency_reference = NULL, reason = NULL WHERE application_id",
    "UPDATE resolution_proposal SET note = '' WHERE discrepancy_id IN (SELECT id FROM discrepancy WHERE application_id",
    "UPDATE resolution_proposal SET note = '' WHERE discrepancy_id IN \
         (SELECT id FROM discrepancy WHERE other_application_id",
    "UPDATE application SET contact_name = NULL, contact_email = NULL, duties = NULL, region = NULL, \
         job_title = 'Deleted', supersedes_reason = NULL, \
         end_reason = CASE WHEN end_reason IS NULL THEN NULL ELSE '' END, \
         hold_reason = CASE WHEN hold_reason IS NULL THEN NULL ELSE '' END, revision = revision + 1 WHERE id",
    "DELETE FROM application_word WHERE application_id",
];

/// What is done to the rows that hang on the class exception alone.
const OF_EXCEPTION: [&str; 4] = [
    "UPDATE release_state SET abandon_reason = '' WHERE abandon_reason <> '' AND exception_id = $1",
    "UPDATE discrepancy SET ours_sealed = NULL, theirs_sealed = NULL, basis = NULL, \
         note = CASE WHEN note IS NULL THEN NULL ELSE '' END \
         WHERE (ours_sealed IS NOT NULL OR theirs_sealed IS NOT NULL OR basis IS NOT NULL OR note <> '') \
         AND exception_id = $1",
    "UPDATE resolution_proposal SET note = '' WHERE note <> '' AND discrepancy_id IN \
         (SELECT id FROM discrepancy WHERE exception_id = $1)",
    "UPDATE agency_outcome SET agency_reference = NULL, reason = NULL \
         WHERE (agency_reference IS NOT NULL OR reason IS NOT NULL) AND agency_message_id IN \
         (SELECT id FROM agency_message WHERE exception_id = $1)",
];

/// How much there is to purge under a class exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Applications that were not purged.
    pub applications: u64,
    /// Expressions of interest that were not purged.
    pub interests: u64,
}

/// How much there is to purge.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(gate: &Gate<'_>) -> Found<Held> {
    let applications = application::Entity::find()
        .filter(application::Column::ExceptionId.eq(gate.exception()))
        .filter(application::Column::PurgedAt.is_null());
    let interests = interest::Entity::find()
        .filter(interest::Column::ExceptionId.eq(gate.exception()))
        .filter(interest::Column::ContactEmail.ne(""));
    let conn = gate.tx().conn();
    Ok(Held { applications: applications.count(conn).await?, interests: interests.count(conn).await? })
}

/// The next applications that were not purged and that nobody else holds, held from now on.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_next(gate: &Gate<'_>, most: u64) -> Found<Vec<ApplicationId>> {
    let mut select = application::Entity::find()
        .select_only()
        .column(application::Column::Id)
        .filter(application::Column::ExceptionId.eq(gate.exception()))
        .filter(application::Column::PurgedAt.is_null())
        .order_by_asc(application::Column::Id)
        .limit(most);
    if gate.tx().backend() == DbBackend::Postgres {
        select = select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    Ok(select.into_tuple().all(gate.tx().conn()).await?)
}

/// Purges what hangs on applications that are held.
///
/// # Errors
/// Where the database refuses.
pub async fn purge_applications(gate: &Gate<'_>, ids: &[ApplicationId]) -> Found<()> {
    let marks: Vec<String> = (1..=ids.len()).map(|number| format!("${number}")).collect();
    let values: Vec<Value> = ids.iter().map(|id| id.0.into()).collect();
    for what in OF_APPLICATIONS {
        let closing = if what.contains("(SELECT") { ")" } else { "" };
        let sql = format!("{what} IN ({}){closing}", marks.join(", "));
        run(gate, &sql, values.clone()).await?;
    }
    forget_imports(gate, &marks, values).await?;
    forget_matches(gate, ids).await?;
    forget_sentences(gate, ids).await?;
    application::Entity::update_many()
        .col_expr(application::Column::PurgedAt, Expr::value(gate.tx().now()))
        .filter(application::Column::Id.is_in(ids.iter().copied()))
        .exec(gate.tx().conn())
        .await?;
    Ok(())
}

/// Purges what hangs on the class exception: messages of the agency, lines of releases, expressions of interest. Answers
/// how many rows that were.
///
/// # Errors
/// Where the database refuses.
pub async fn purge_exception(gate: &Gate<'_>) -> Found<u64> {
    let exception = || Value::from(gate.exception().0);
    let mut purged = 0;
    for sql in OF_EXCEPTION {
        purged += run(gate, sql, [exception()]).await?;
    }
    let nothing = || Value::from(Vec::<u8>::new());
    let lines = "UPDATE release_line SET content_sealed = $2 WHERE length(content_sealed) > 0 AND release_id IN \
                 (SELECT id FROM release WHERE exception_id = $1)";
    purged += run(gate, lines, [exception(), nothing()]).await?;
    let messages = "UPDATE agency_message SET content_sealed = $2, digest = $3 WHERE length(content_sealed) > 0 \
                    AND exception_id = $1";
    purged += run(gate, messages, [exception(), nothing(), Value::from(vec![0_u8; 32])]).await?;
    let zeros = Value::from("0".repeat(64));
    let interests = "UPDATE interest SET contact_email = '', contact_hash = $2, source = $2 \
                     WHERE contact_email <> '' AND exception_id = $1";
    purged += run(gate, interests, [exception(), zeros]).await?;
    Ok(purged)
}

/// The keyed hash of a row of a body's own system says who the worker is, to whoever has the key.
async fn forget_imports(gate: &Gate<'_>, marks: &[String], mut values: Vec<Value>) -> Found<()> {
    let sql = format!(
        "UPDATE imported_row SET content_hash = ${} WHERE application_id IN ({})",
        marks.len() + 1,
        marks.join(", ")
    );
    values.push(Value::from(vec![0_u8; 32]));
    run(gate, &sql, values).await?;
    Ok(())
}

/// What the check said repeats what people typed; its outcomes and the codes of its reasons stay.
async fn forget_sentences(gate: &Gate<'_>, ids: &[ApplicationId]) -> Found<()> {
    let checked = application::Entity::find()
        .select_only()
        .columns([application::Column::Id, application::Column::Eligibility])
        .filter(application::Column::Id.is_in(ids.iter().copied()))
        .filter(application::Column::Eligibility.is_not_null());
    let checked: Vec<(ApplicationId, serde_json::Value)> = checked.into_tuple().all(gate.tx().conn()).await?;
    for (id, mut said) in checked {
        said["suggestions"] = serde_json::json!([]);
        for criterion in said["criteria"].as_array_mut().into_iter().flatten() {
            criterion["message"] = serde_json::json!("");
        }
        application::Entity::update_many()
            .col_expr(application::Column::Eligibility, Expr::value(said))
            .filter(application::Column::Id.eq(id))
            .exec(gate.tx().conn())
            .await?;
    }
    Ok(())
}

/// What two applications matched by is the hash of a name and a birthday, or a fingerprint: something else stands for it.
async fn forget_matches(gate: &Gate<'_>, ids: &[ApplicationId]) -> Found<()> {
    use told_apart::Column;
    let of = Condition::any()
        .add(Column::ApplicationId.is_in(ids.iter().copied()))
        .add(Column::OtherId.is_in(ids.iter().copied()));
    for (number, pair) in
        told_apart::Entity::find().filter(of).all(gate.tx().conn()).await?.iter().enumerate()
    {
        let stands = format!("purged|{}|{number}|{}", pair.discrepancy_id, pair.at);
        told_apart::Entity::update_many()
            .col_expr(Column::Matched, Expr::value(hex::encode(Sha256::digest(stands))))
            .filter(Column::ApplicationId.eq(pair.application_id))
            .filter(Column::OtherId.eq(pair.other_id))
            .filter(Column::Matched.eq(&pair.matched))
            .exec(gate.tx().conn())
            .await?;
    }
    Ok(())
}

async fn run(gate: &Gate<'_>, sql: &str, values: impl IntoIterator<Item = Value>) -> Found<u64> {
    let statement = Statement::from_sql_and_values(gate.tx().backend(), sql, values);
    Ok(gate.tx().conn().execute_raw(statement).await?.rows_affected())
}
