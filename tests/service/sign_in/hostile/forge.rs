//! An issuer of the test's own: it publishes three keys, and answers every code with whatever it is told to.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaKeyPair,
};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

/// What a token is signed with.
#[derive(Clone, Debug)]
pub enum Signer {
    Rs256,
    Ps256,
    Es256,
    EdDsa,
    /// Our own key, by an algorithm that is not listed.
    Rs512,
    /// A key that is not published, under the name of one that is.
    Stranger,
    /// HMAC with something that everybody knows.
    Shared(Vec<u8>),
    /// Nothing.
    None,
}

impl Signer {
    /// The algorithm and the key, as an honest header has them.
    pub fn header(&self) -> Value {
        match self {
            Self::Rs256 | Self::Stranger => json!({ "alg": "RS256", "kid": "rsa" }),
            Self::Ps256 => json!({ "alg": "PS256", "kid": "rsa" }),
            Self::Rs512 => json!({ "alg": "RS512", "kid": "rsa" }),
            Self::Es256 => json!({ "alg": "ES256", "kid": "ec" }),
            Self::EdDsa => json!({ "alg": "EdDSA", "kid": "ed" }),
            Self::Shared(_) => json!({ "alg": "HS256", "kid": "rsa" }),
            Self::None => json!({}),
        }
    }
}

/// The issuer.
pub struct Forge {
    pub issuer: String,
    rsa: RsaKeyPair,
    stranger: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
    says: Arc<Says>,
}

/// What it answers.
#[derive(Default)]
struct Says {
    issuer: Mutex<String>,
    keys: Mutex<Value>,
    id_token: Mutex<String>,
    padding: AtomicUsize,
    redirects: AtomicBool,
    asked_for_keys: AtomicUsize,
}

impl Forge {
    /// Serves it on a free port, for as long as the test's runtime lives.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("its address"));
        let random = SystemRandom::new();
        let ec = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
        let ed = Ed25519KeyPair::generate_pkcs8(&random).expect("a key");
        let forge = Self {
            issuer,
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"),
            stranger: RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"),
            ec: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, ec.as_ref()).expect("a key"),
            ed: Ed25519KeyPair::from_pkcs8(ed.as_ref()).expect("a key"),
            says: Arc::default(),
        };
        forge.issuer.clone_into(&mut forge.says.issuer.lock().expect("nobody panicked"));
        *forge.says.keys.lock().expect("nobody panicked") = forge.published();
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(exchange))
            .with_state(Arc::clone(&forge.says));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        forge
    }

    fn published(&self) -> Value {
        // An uncompressed point: 4, x, y.
        let point = self.ec.public_key().as_ref();
        json!({ "keys": [
            rsa_key(&self.rsa, "rsa"),
            { "kty": "EC", "crv": "P-256", "kid": "ec", "x": coded(&point[1..33]), "y": coded(&point[33..]) },
            { "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": coded(self.ed.public_key().as_ref()) },
        ] })
    }

    /// What everybody can know of the key.
    pub fn modulus(&self) -> Vec<u8> {
        self.rsa.public_key().modulus().big_endian_without_leading_zero().to_vec()
    }

    pub fn published_key(&self) -> String {
        rsa_key(&self.rsa, "rsa").to_string()
    }

    pub fn strangers_key(&self) -> Value {
        rsa_key(&self.stranger, "x")
    }

    /// Every code is exchanged for this from now on.
    pub fn answers(&self, id_token: String) {
        *self.says.id_token.lock().expect("nobody panicked") = id_token;
    }

    /// So many bytes more in every answer.
    pub fn pads(&self, bytes: usize) {
        self.says.padding.store(bytes, Ordering::SeqCst);
    }

    /// Whether it sends elsewhere whoever asks what it publishes.
    pub fn redirects(&self, redirects: bool) {
        self.says.redirects.store(redirects, Ordering::SeqCst);
    }

    /// How often its keys were asked for.
    pub fn asked_for_keys(&self) -> usize {
        self.says.asked_for_keys.load(Ordering::SeqCst)
    }

    /// A token, signed or not.
    pub fn sign(&self, signer: &Signer, header: &Value, claims: &Value) -> String {
        let message =
            format!("{}.{}", coded(header.to_string().as_bytes()), coded(claims.to_string().as_bytes()));
        let bytes = message.as_bytes();
        let by_rsa = |key: &RsaKeyPair, how| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(how, &SystemRandom::new(), bytes, &mut signature).expect("a signature");
            signature
        };
        let signature = match signer {
            Signer::Rs256 => by_rsa(&self.rsa, &RSA_PKCS1_SHA256),
            Signer::Ps256 => by_rsa(&self.rsa, &RSA_PSS_SHA256),
            Signer::Rs512 => by_rsa(&self.rsa, &RSA_PKCS1_SHA512),
            Signer::Stranger => by_rsa(&self.stranger, &RSA_PKCS1_SHA256),
            Signer::Es256 => {
                self.ec.sign(&SystemRandom::new(), bytes).expect("a signature").as_ref().to_vec()
            }
            Signer::EdDsa => self.ed.sign(bytes).as_ref().to_vec(),
            Signer::Shared(key) => {
                let mac = Hmac::<Sha256>::new_from_slice(key).expect("any key");
                mac.chain_update(bytes).finalize().into_bytes().to_vec()
            }
            Signer::None => Vec::new(),
        };
        format!("{message}.{}", coded(&signature))
    }
}

fn rsa_key(key: &RsaKeyPair, id: &str) -> Value {
    let public = key.public_key();
    let (n, e) = (public.modulus(), public.exponent());
    json!({
        "kty": "RSA", "kid": id, "use": "sig", "n": coded(n.big_endian_without_leading_zero()),
        "e": coded(e.big_endian_without_leading_zero()),
    })
}

fn coded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

async fn discovery(State(says): State<Arc<Says>>) -> Response {
    if says.redirects.load(Ordering::SeqCst) {
        return Redirect::temporary("/keys").into_response();
    }
    let issuer = says.issuer.lock().expect("nobody panicked").clone();
    let padding = " ".repeat(says.padding.load(Ordering::SeqCst));
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"), "padding": padding,
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
    }))
    .into_response()
}

async fn keys(State(says): State<Arc<Says>>) -> Json<Value> {
    says.asked_for_keys.fetch_add(1, Ordering::SeqCst);
    Json(says.keys.lock().expect("nobody panicked").clone())
}

async fn exchange(State(says): State<Arc<Says>>) -> Json<Value> {
    let id_token = says.id_token.lock().expect("nobody panicked").clone();
    Json(json!({ "access_token": "of no use", "token_type": "Bearer", "id_token": id_token }))
}
