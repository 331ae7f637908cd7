//! PostgreSQL's roles: one for each kind of tenant, and what a connection says of the tenant that it is for.
//!
//! Roles belong to the server and not to a database: all databases of the service on one server share them. None can sign
//! in, none owns a table, and none passes on what it may; whoever the service connects as takes them up by name.

/// Whoever may take up the others. It comes to no rows itself.
pub const SERVICE: &str = "nominations_service";
/// The service's own work, on the rows of all.
pub const SYSTEM: &str = "nominations_system";
/// A body, on its own rows.
pub const BODY: &str = "nominations_body";
/// Whoever looks at what the bodies have agreed to show each other.
pub const SHARED: &str = "nominations_shared";
/// The agency.
pub const AGENCY: &str = "nominations_agency";
/// Anybody.
pub const PUBLIC: &str = "nominations_public";
/// A person, on their own rows and on those of the employers that they act for.
pub const PERSON: &str = "nominations_person";

/// The roles that tenants have; the service's own is not among them.
pub const TENANTS: [&str; 5] = [BODY, SHARED, AGENCY, PUBLIC, PERSON];

/// The setting that says of which body: its id.
pub const OF_BODY: &str = "nominations.body";
/// The setting that says who asks: a person's id.
pub const OF_PERSON: &str = "nominations.person";
/// The setting that says of which employers: their ids, with commas between.
pub const OF_EMPLOYERS: &str = "nominations.employers";

/// Whether whoever connects may take up the tenants' roles, and which of these row-level security would not hold.
pub const STATE: &str = "
SELECT session_user::text AS login,
    (SELECT COUNT(*) = 6 AND bool_and(CASE WHEN current_setting('server_version_num')::int >= 160000
            THEN pg_has_role(session_user, oid, 'SET') ELSE pg_has_role(session_user, oid, 'MEMBER') END)
        FROM pg_roles WHERE rolname LIKE 'nominations\\_%' AND rolname <> 'nominations_service'
            AND rolname IN ('nominations_system', 'nominations_body', 'nominations_shared', 'nominations_agency',
                'nominations_public', 'nominations_person')) AS is_let_in,
    (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM pg_roles
        WHERE rolname IN ('nominations_service', 'nominations_system', 'nominations_body', 'nominations_shared',
            'nominations_agency', 'nominations_public', 'nominations_person')
        AND (rolsuper OR rolbypassrls
            OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p')))) AS unheld
";

/// Makes the roles that are not there. Another database of the same server may be making them at this moment: that one is
/// waited for.
pub(crate) const MAKE: &str = "
DO $$
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['nominations_service', 'nominations_system', 'nominations_body', 'nominations_shared',
        'nominations_agency', 'nominations_public', 'nominations_person']
    LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = one) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', one);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
        IF one <> 'nominations_service' AND NOT pg_has_role('nominations_service', one, 'MEMBER') THEN
            BEGIN
                EXECUTE format('GRANT %I TO nominations_service', one);
            EXCEPTION WHEN unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT nominations_service TO %I', current_user);
    END IF;
END $$;
";
