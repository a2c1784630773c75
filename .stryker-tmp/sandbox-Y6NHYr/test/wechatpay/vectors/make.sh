#!/usr/bin/env bash
# Makes the golden vectors of this directory with openssl alone: keys, certificates, and signatures of requests and
# answers. Every run makes new keys, so every file changes; the tests read the files and never run this.
# The keys are for these tests only and open nothing. `make-gcm.py` makes gcm.json, which `openssl enc` cannot.
#
#   bash test/wechatpay/vectors/make.sh
set -euo pipefail
cd "$(dirname "$0")"

key() { openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "TEST-ONLY-$1-key.pem"; }

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# $1 name, $2 common name, $3 serial number in hexadecimal. `openssl ca` because only it can put the first day of
# validity into the past: a clock that is behind must not fail the tests.
certificate() {
  : >"$WORK/index.txt"
  printf '%s\n' "$3" >"$WORK/serial"
  cat >"$WORK/ca.cnf" <<CNF
[ca]
default_ca = own
[own]
database = $WORK/index.txt
serial = $WORK/serial
new_certs_dir = $WORK
default_md = sha256
policy = any
x509_extensions = extensions
[any]
commonName = supplied
organizationName = supplied
[extensions]
${4:-basicConstraints=CA:FALSE}
[req]
distinguished_name = name
[name]
CNF
  openssl req -new -key "TEST-ONLY-$1-key.pem" -subj "/CN=$2/O=TEST ONLY" -config "$WORK/ca.cnf" -out "$WORK/csr.pem"
  openssl ca -batch -selfsign -notext -config "$WORK/ca.cnf" -keyfile "TEST-ONLY-$1-key.pem" \
    -startdate 20200101000000Z -enddate 21200101000000Z -in "$WORK/csr.pem" -out "TEST-ONLY-$1-cert.pem" 2>"$WORK/log" ||
    { cat "$WORK/log" >&2; exit 1; }
}

MCHID=1900009191
MERCHANT_SERIAL=4A1B2C3D4E5F60718293A4B5C6D7E8F901234567
PLATFORM_SERIAL=7132D72A03E93CDDF8C03BBD1F37EEDF5A0C1E2B
PUBLIC_KEY_ID=PUB_KEY_ID_0119000091912025010100001234

key merchant && certificate merchant "$MCHID" $MERCHANT_SERIAL
key platform && certificate platform 'Tenpay.com sign' $PLATFORM_SERIAL
key localhost && certificate localhost localhost 01 'subjectAltName=DNS:localhost'
key wechatpay && openssl pkey -in TEST-ONLY-wechatpay-key.pem -pubout -out TEST-ONLY-wechatpay-pub.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out TEST-ONLY-elliptic-key.pem
openssl pkey -in TEST-ONLY-elliptic-key.pem -pubout -out TEST-ONLY-elliptic-pub.pem

# Signs what stands on standard input: base64 without line breaks.
sign() { openssl dgst -sha256 -sign "TEST-ONLY-$1-key.pem" | openssl base64 -A; }

json() { printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' | sed -e ':a' -e 'N;$!ba' -e 's/\n/\\n/g' -e 's/\t/\\t/g'; }

COMMA=''
# $1 name, $2 method, $3 path, $4 timestamp, $5 nonce, $6 body
request() {
  local signature
  signature=$(printf '%s\n%s\n%s\n%s\n%s\n' "$2" "$3" "$4" "$5" "$6" | sign merchant)
  printf '%s    {\n      "name": "%s",\n      "method": "%s",\n      "path": "%s",\n      "timestamp": %s,\n' \
    "$COMMA" "$1" "$2" "$3" "$4"
  printf '      "nonce": "%s",\n      "body": "%s",\n      "signature": "%s"\n    }' "$5" "$(json "$6")" "$signature"
  COMMA=$',\n'
}

# $1 name, $2 key, $3 Wechatpay-Serial, $4 status, $5 timestamp, $6 nonce, $7 body
answer() {
  local signature
  signature=$(printf '%s\n%s\n%s\n' "$5" "$6" "$7" | sign "$2")
  printf '%s    {\n      "name": "%s",\n      "serial": "%s",\n      "status": %s,\n      "timestamp": %s,\n' \
    "$COMMA" "$1" "$3" "$4" "$5"
  printf '      "nonce": "%s",\n      "body": "%s",\n      "signature": "%s"\n    }' "$6" "$(json "$7")" "$signature"
  COMMA=$',\n'
}

ORDER=/v3/payscore/partner/serviceorder
{
  printf '{\n  "made_by": "%s",\n  "mchid": "%s",\n' "$(openssl version)" $MCHID
  printf '  "serial_no": "%s",\n  "requests": [\n' $MERCHANT_SERIAL
  request 'GET without a query' GET /v3/certificates 1554208460 593BEC0C930BF1AFEB40B4A08C8FB242 ''
  request 'GET with a query' GET \
    "$ORDER?service_id=500001&sub_mchid=1900000109&out_order_no=1234323JKHDFE1243252" \
    1700000000 0123456789abcdef0123456789abcdef ''
  request 'GET with | percent-encoded and * as it is in the query' GET \
    "$ORDER?service_id=500001&sub_mchid=1900000109&out_order_no=a%7Cb*c" 1700000001 a1 ''
  request 'POST to an order' POST "$ORDER/1234323JKHDFE1243252/pay" 1700000002 b2 \
    '{"service_id":"500001","sub_mchid":"1900000109"}'
  request 'POST to an order number with | percent-encoded and * as it is' POST "$ORDER/a%7Cb*c_-Z/pay" 1700000003 c3 \
    '{"service_id":"500001","sub_mchid":"1900000109"}'
  request 'POST of a Chinese body' POST "$ORDER/1234323JKHDFE1243252/cancel" 1700000004 d4 \
    '{"service_id":"500001","sub_mchid":"1900000109","reason":"用户投诉,不再收款 \"已核实\""}'
  printf '\n  ]\n}\n'
} >requests.json

COMMA=''
{
  printf '{\n  "made_by": "%s",\n  "platform_serial": "%s",\n' "$(openssl version)" $PLATFORM_SERIAL
  printf '  "public_key_id": "%s",\n  "answers": [\n' $PUBLIC_KEY_ID
  for by in "platform $PLATFORM_SERIAL" "wechatpay $PUBLIC_KEY_ID"; do
    set -- $by
    answer "204 without a body, signed by $1" "$1" "$2" 204 1700000000 e5e5e5e5e5e5e5e5 ''
    answer "200 with a body, signed by $1" "$1" "$2" 200 1700000000 f6f6f6f6f6f6f6f6 '{"trade_state":"USERPAYING"}'
    answer "200 with a Chinese body, signed by $1" "$1" "$2" 200 1700000000 0a0a0a0a0a0a0a0a \
      '{"service_introduction":"某某酒店 — 押金","state":"DOING"}'
    answer "200 with line feeds and odd spaces in the body, signed by $1" "$1" "$2" 200 1700000000 1b1b1b1b1b1b1b1b \
      $'{\n  "state" :  "DOING",\n\t"total_amount":"40000"\n}'
  done
  printf '\n  ]\n}\n'
} >answers.json
