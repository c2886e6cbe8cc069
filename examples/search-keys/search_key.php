<?php
// Makes search keys on your own server, out of an API key with the permission `search_keys.make`.
//
//     SOUK_API_KEY=souk_sk_... php search_key.php '{"filters": {"seller": "acme"}}'

function search_key(string $api_key, array|object $restrictions): string
{
    $json = json_encode($restrictions, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
    $signed = 'souk_search_' . substr($api_key, 8, 11) . base64url($json);
    $secret = hash('sha256', $api_key, true);
    return $signed . '.' . base64url(hash_hmac('sha256', $signed, $secret, true));
}

function base64url(string $data): string
{
    return rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
}

if (isset($argv[1])) {
    echo search_key(getenv('SOUK_API_KEY'), json_decode($argv[1], flags: JSON_THROW_ON_ERROR)), "\n";
}
