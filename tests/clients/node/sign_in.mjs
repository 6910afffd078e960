// What an application with openid-client does, knowing nothing but the issuer and its own registration. The address to
// sign in at goes to standard output; the address the browser came back to is expected on standard input.
import { createInterface } from "node:readline/promises";
import { pathToFileURL } from "node:url";

const [library, issuer, clientId, clientSecret, callback] = process.argv.slice(2);
const client = await import(pathToFileURL(library));

const config = await client.discovery(new URL(issuer), clientId, undefined, client.ClientSecretBasic(clientSecret), {
  algorithm: "oidc",
  execute: [client.allowInsecureRequests],
});
const verifier = client.randomPKCECodeVerifier();
const [state, nonce] = [client.randomState(), client.randomNonce()];
const address = client.buildAuthorizationUrl(config, {
  redirect_uri: callback,
  scope: "openid profile email offline_access",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
  nonce,
});
console.log(address.href);

const lines = createInterface({ input: process.stdin });
const cameBack = new URL(await lines.question(""));
lines.close();

const tokens = await client.authorizationCodeGrant(config, cameBack, {
  pkceCodeVerifier: verifier,
  expectedState: state,
  expectedNonce: nonce,
  idTokenExpected: true,
});
const claims = tokens.claims();
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
await client.tokenRevocation(config, refreshed.access_token);
console.log(JSON.stringify({ claims, userinfo, renewed: refreshed.access_token !== tokens.access_token }));
