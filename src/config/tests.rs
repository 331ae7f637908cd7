//! Which source decides, and what is said of a value that cannot be read.

use std::path::Path;

use super::*;

fn given(database: &str, listen: &str) -> Given {
    Given { database_url: Some(database.into()), listen: Some(listen.into()), ..Given::default() }
}

#[test]
fn the_first_source_that_gives_a_setting_decides_it() {
    let none = Given::default();
    let flag = given("sqlite://flag.db", "127.0.0.1:1");
    let environment = given("sqlite://environment.db", "127.0.0.1:2");
    let file = given("sqlite://file.db", "127.0.0.1:3");
    for (sources, database, listen) in [
        ([&flag, &environment, &file], "sqlite://flag.db", "127.0.0.1:1"),
        ([&none, &environment, &file], "sqlite://environment.db", "127.0.0.1:2"),
        ([&none, &none, &file], "sqlite://file.db", "127.0.0.1:3"),
        ([&flag, &none, &file], "sqlite://flag.db", "127.0.0.1:1"),
        ([&none, &none, &none], "sqlite://data/nominations.db", "127.0.0.1:8080"),
    ] {
        let settings = Settings::merge(sources[0], sources[1], sources[2]).expect("settings");
        assert_eq!(
            (settings.database_url.as_str(), settings.listen.to_string().as_str()),
            (database, listen)
        );
    }
}

#[test]
fn settings_are_decided_one_by_one() {
    let flag = Given { listen: Some("[::1]:9000".into()), ..Given::default() };
    let file =
        Given { public_url: Some("https://n.example.nz".into()), ..given("postgres://db/n", "1.2.3.4:5") };
    let environment = Given {
        key_file: Some("/run/secrets/key".into()),
        trust_forwarded_for: Some("true".into()),
        ..Given::default()
    };
    let settings = Settings::merge(&flag, &environment, &file).expect("settings");
    let expected = "database-url         postgres://db/n\n\
                    listen               [::1]:9000\n\
                    public-url           https://n.example.nz/\n\
                    key-file             /run/secrets/key\n\
                    trust-forwarded-for  true";
    assert_eq!(settings.to_string(), expected);
}

#[test]
fn what_nobody_says_follows_from_the_rest() {
    let settings = Settings::merge(
        &given("sqlite://data/demo.db?mode=rwc", "127.0.0.1:9"),
        &Given::default(),
        &Given::default(),
    );
    let settings = settings.expect("settings");
    assert_eq!((settings.public_url.as_str(), settings.public_url_is_said), ("http://127.0.0.1:9/", true));
    let nothing = Settings::merge(&Given::default(), &Given::default(), &Given::default()).expect("settings");
    assert_eq!((nothing.public_url.as_str(), nothing.public_url_is_said), ("http://127.0.0.1:8080/", false));
    assert_eq!(settings.keys, KeySource::File("data/demo.db.key".into()));
    assert!(!settings.trust_forwarded_for);
    for database in ["postgres://db/n", "sqlite::memory:"] {
        let refused = Settings::merge(&given(database, "127.0.0.1:9"), &Given::default(), &Given::default());
        assert_eq!(refused, Err(ConfigError::NoKeyFile), "{database}");
    }
}

#[test]
fn documents_are_there_where_they_are_enforced() {
    let merged = |mode: &str, documents: Option<&str>| {
        let given = Given {
            documents_mode: Some(mode.into()),
            documents: documents.map(Into::into),
            ..given("sqlite://d.db", "127.0.0.1:1")
        };
        Settings::merge(&given, &Given::default(), &Given::default())
    };
    for mode in ["enforce", "warn,public=enforce"] {
        assert_eq!(merged(mode, None), Err(ConfigError::NoDocuments), "{mode}");
        assert!(merged(mode, Some("documents")).is_ok(), "{mode}");
    }
    assert!(merged("warn", None).is_ok());
}

#[test]
fn a_bad_value_is_told_by_its_name_and_place_and_not_shown() {
    let url = |url: &str| Given { public_url: Some(url.into()), ..Given::default() };
    for (bad, setting) in [
        (given("mysql://me:secret@db/n", "127.0.0.1:1"), "database-url"),
        (given("secret", "127.0.0.1:1"), "database-url"),
        (given("sqlite://a.db", "8080"), "listen"),
        (given("sqlite://a.db", "secret:8080"), "listen"),
        (url("n.example.nz"), "public-url"),
        (url("ftp://n.example.nz"), "public-url"),
        (url("http://n.example.nz"), "public-url"),
        (url("https://me:secret@n.example.nz"), "public-url"),
        (url("https://n.example.nz/secret"), "public-url"),
        (url("https://n.example.nz/?secret"), "public-url"),
        (
            Given { trust_forwarded_for: Some("secret".into()), ..given("sqlite://a.db", "127.0.0.1:1") },
            "trust-forwarded-for",
        ),
        (Given { metrics: Some("secret".into()), ..Given::default() }, "metrics"),
        (Given { metrics: Some("127.0.0.1:8080".into()), ..Given::default() }, "metrics"),
        (Given { otlp: Some("secret:4318".into()), ..Given::default() }, "otlp"),
        (Given { otlp: Some("http://me:secret@127.0.0.1:4318".into()), ..Given::default() }, "otlp"),
        (Given { otlp: Some("http://127.0.0.1:4318/?key=secret".into()), ..Given::default() }, "otlp"),
        (Given { log_format: Some("secret".into()), ..Given::default() }, "log-format"),
    ] {
        for (place, message) in
            [(0, "on the command line"), (1, "in the environment"), (2, "in the settings file")]
        {
            let mut sources = [Given::default(), Given::default(), Given::default()];
            sources[place] = bad.clone();
            let error =
                Settings::merge(&sources[0], &sources[1], &sources[2]).expect_err(setting).to_string();
            assert!(error.starts_with(setting) && error.contains(message), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}

#[test]
fn whoever_watches_is_told_where_only_where_somebody_says_so() {
    let usual = Settings::merge(&Given::default(), &Given::default(), &Given::default()).expect("settings");
    assert_eq!((usual.metrics, usual.otlp, usual.log_format), (None, None, LogFormat::Text));
    let file = "metrics = \"[::1]:9090\"\notlp = \"http://127.0.0.1:4318\"\nlog-format = \"json\"\n";
    let file = Given::from_text(Path::new("n.toml"), file).expect("settings");
    let settings = Settings::merge(&Given::default(), &Given::default(), &file).expect("settings");
    let told = "metrics              [::1]:9090\notlp                 http://127.0.0.1:4318/\nlog-format           json";
    assert!(settings.to_string().ends_with(told), "{settings}");
}

#[test]
fn a_service_is_reached_by_https_except_on_this_machine() {
    let reached = |url: &str| {
        let flags = Given { public_url: Some(url.into()), ..Given::default() };
        Settings::merge(&flags, &Given::default(), &Given::default()).map_err(|why| why.to_string())
    };
    for url in ["https://n.example.nz", "http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:1"] {
        assert!(reached(url).is_ok(), "{url}");
    }
    let told = "public-url (on the command line): https is needed, except on this machine";
    for url in ["http://n.example.nz", "http://192.168.1.4:8080"] {
        assert_eq!(reached(url), Err(told.to_owned()), "{url}");
    }
}

#[test]
fn the_environment_has_its_own_names_and_empty_is_none() {
    let asked = Given::from_environment(|name| match name {
        "DATABASE_URL" => Some("sqlite://e.db".into()),
        "LISTEN" => Some(String::new()),
        "KEY_FILE" => Some("k".into()),
        "TRUST_FORWARDED_FOR" => Some("false".into()),
        _ => None,
    });
    let expected = Given {
        database_url: Some("sqlite://e.db".into()),
        key_file: Some("k".into()),
        trust_forwarded_for: Some("false".into()),
        ..Given::default()
    };
    assert_eq!(asked, expected);
}

#[test]
fn a_file_has_the_names_of_the_flags_and_no_others() {
    let path = Path::new("n.toml");
    let text = "database-url = \"sqlite://f.db\"\nlisten = \"127.0.0.1:3\"\n";
    assert_eq!(Given::from_text(path, text), Ok(given("sqlite://f.db", "127.0.0.1:3")));
    assert_eq!(Given::from_text(path, ""), Ok(Given::default()));
    let trusting = Given { trust_forwarded_for: Some("true".into()), ..Given::default() };
    assert_eq!(Given::from_text(path, "trust-forwarded-for = true"), Ok(trusting));
    for (text, told) in [
        ("listen = \"127.0.0.1:3\"\ndatabase_url = \"hush\"\n", "line 2: unknown field"),
        ("config = \"hush\"\n", "line 1: unknown field"),
        ("listen = 8080\n", "line 1"),
        ("trust-forwarded-for = \"true\"\n", "line 1"),
        ("database-url = \"sec\nret\"\n", "line 2"),
    ] {
        let error = Given::from_text(path, text).expect_err(text).to_string();
        assert!(error.contains("n.toml") && error.contains(told), "{error}");
        assert!(!error.contains("hush"), "{error}");
    }
}

#[test]
fn a_file_that_is_not_there_is_told_with_its_path() {
    let flags = Given { config: Some("no/such/file.toml".into()), ..Given::default() };
    let error = Settings::load(&flags).expect_err("no file").to_string();
    assert!(error.contains("no/such/file.toml"), "{error}");
}

#[test]
fn keys_in_the_environment_stand_before_a_file_that_no_flag_names_and_are_never_shown() {
    let secret = "nominations-key-v1 c2VjcmV0";
    let environment = Given {
        deployment_keys: Some(secret.to_owned().into()),
        key_file: Some("/run/key".into()),
        ..given("postgres://db/n", "127.0.0.1:9")
    };
    let settings = Settings::merge(&Given::default(), &environment, &Given::default()).expect("settings");
    assert_eq!(settings.keys, KeySource::Environment(secret.to_owned().into()));
    for shown in [settings.to_string(), format!("{settings:?}"), format!("{environment:?}")] {
        assert!(!shown.contains("c2VjcmV0"), "{shown}");
    }
    let flag = Given { key_file: Some("named.key".into()), ..Given::default() };
    let settings = Settings::merge(&flag, &environment, &Given::default()).expect("settings");
    assert_eq!(settings.keys, KeySource::File("named.key".into()));
}
