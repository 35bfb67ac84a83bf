"""Writes vectors/sigv4/botocore.json: requests as botocore's own signer signs them.

    python3 -m venv /tmp/bv && /tmp/bv/bin/pip install botocore==1.44.5
    /tmp/bv/bin/python tools/vectors/botocore_sigv4.py > vectors/sigv4/botocore.json

The same seed gives the same file. Each vector tells what was to be signed (query and header values as they are meant,
not encoded) and what botocore made of it: a URL, or an Authorization header.
"""

import base64
import datetime
import json
import random
import sys
from urllib.parse import quote

import botocore
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

COUNT = 1200
REGIONS = {
    "us-east-1": ["sts.amazonaws.com", "sts.us-east-1.amazonaws.com", "sts-fips.us-east-1.amazonaws.com"],
    "us-west-2": ["sts.us-west-2.amazonaws.com", "sts.us-west-2.api.aws", "sts-fips.us-west-2.api.aws"],
    "eu-central-2": ["sts.eu-central-2.amazonaws.com", "127.0.0.1:8443", "localhost:4566"],
    "cn-north-1": ["sts.cn-north-1.amazonaws.com.cn", "sts.cn-north-1.api.amazonwebservices.com.cn"],
    "us-gov-west-1": ["sts.us-gov-west-1.amazonaws.com", "sts.us-gov-west-1.api.aws"],
    "us-iso-east-1": ["sts.us-iso-east-1.c2s.ic.gov"],
    "us-isob-east-1": ["sts.us-isob-east-1.sc2s.sgov.gov"],
    "eu-isoe-west-1": ["sts.eu-isoe-west-1.cloud.adc-e.uk"],
    "us-isof-south-1": ["sts.us-isof-south-1.csp.hci.ic.gov"],
    "eusc-de-east-1": ["sts.eusc-de-east-1.amazonaws.eu", "sts.eusc-de-east-1.api.amazonwebservices.eu"],
    "ap-southeast-2": ["vpce-0a1b2c3d4e5f60718-abcdefgh.sts.ap-southeast-2.vpce.amazonaws.com"],
}
CLUSTERS = [
    "prod", "my-cluster", "Dev_1.example.com", "0", "i-am a cluster", "a  b   c", "  led and trailed\t", "tab\tbed",
    "d7c3f1de-5b0e-4c3a-9d7b-0f6d1a2b3c4d", "arn:aws:eks:us-west-2:111122223333:cluster/prod", "a;b,c=d&e%20f+g",
    # The second UTF-8 byte of the first is 0xA0, of the second 0x85: blanks to whoever trims characters, not bytes.
    "Montr\u00e9\u00e0", "\u00c5", "cl\u00e9", "\u00dfgr\u00f6\u00dfe", "\u043a\u043b\u0430\u0441\u0442\u0435\u0440", "\u96c6\u7fa4", "\U0001f680-prod", "e\u0301",
]
ODD = list("!'()*~-._ /:@?#[]$&+,;=%<>\"\\^`{|}") + ["\u00e9", "\u4e16", "\U0001f680", "%20", "%2F", "\u00a0", "\t", "\n", "aZ", "09"]
PATHS = ["/"] * 6 + ["/clusters/prod", "/clusters/a%20b", "/a%2Fb/c~d", "/a//b/./c/../d/", "/x*y(z)!'", "/2013-04-01/%C3%A9/", "/.", "/../"]
PLACEHOLDER_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE%02d"


def credentials(rng):
    table = []
    for i in range(16):
        long_term = i % 3 == 0
        entry = {
            "accessKeyId": ("AKIA" if long_term else "ASIA") + "IOSFODNN7EX%05d" % i,
            "secretAccessKey": PLACEHOLDER_SECRET % i,
        }
        if not long_term:
            size = 1875 if i == 5 else [40, 80, 200, 300, 200, 400][i % 6]
            # Plain base64: '+', '/' and '=' are what callers forget to encode.
            entry["sessionToken"] = base64.b64encode(rng.randbytes(size)).decode() + ("==" if i % 2 else "+/=")
        table.append(entry)
    return table


def odd_text(rng, longest):
    return "".join(rng.choice(ODD) for _ in range(rng.randint(0, longest)))


def query(rng, form):
    pairs = [["Action", "GetCallerIdentity"], ["Version", "2011-06-15"]]
    if rng.random() < 0.2:
        pairs.reverse()
    if rng.random() < 0.45:
        names = ["a", "a-", "A", "Z", "x-amz-date", "X-Amz-", "~", "k\u00e9y", "with space", "a&b=c"]
        for name in rng.sample(names, rng.randint(1, 4)):
            pairs.insert(rng.randint(0, len(pairs)), [name, odd_text(rng, 6)])
            # Presigning, botocore keeps one value per name.
            if form == "header" and rng.random() < 0.3:
                pairs.append([name, odd_text(rng, 4)])
    return pairs


def vector(rng, index, table):
    form = "presigned" if index % 2 == 0 else "header"
    region = rng.choice(list(REGIONS))
    host = rng.choice(REGIONS[region])
    path = rng.choice(PATHS)
    time = rng.randint(1_262_304_000, 4_102_444_799)
    by = rng.randrange(len(table))
    service = "sts" if rng.random() < 0.8 else rng.choice(["eks", "iam", "execute-api"])
    headers = {} if rng.random() < 0.15 else {"x-k8s-aws-id": rng.choice(CLUSTERS)}
    if rng.random() < 0.2:
        headers["Accept"] = rng.choice(["application/json", "text/xml; q=0.5,  */*"])
    pairs = query(rng, form)
    method, body = "GET", ""
    if form == "header" and rng.random() < 0.5:
        method = "POST"
        body = "&".join(quote(name) + "=" + quote(value, safe="") for name, value in pairs)
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        pairs = pairs if rng.random() < 0.2 else []

    url = f"https://{host}{path}"
    if pairs:
        url += "?" + "&".join(quote(name, safe="-._~") + "=" + quote(value, safe="-._~") for name, value in pairs)
    now = datetime.datetime.fromtimestamp(time, datetime.timezone.utc)
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: now
    request = AWSRequest(method=method, url=url, data=body, headers=dict(headers))
    key = table[by]
    identity = Credentials(key["accessKeyId"], key["secretAccessKey"], key.get("sessionToken"))
    result = {"form": form, "by": by, "region": region, "service": service, "time": time, "method": method, "host": host,
              "path": path, "query": pairs, "headers": headers}
    if body:
        result["body"] = body
    if form == "presigned":
        result["expires"] = rng.choice([0, 1, 60, 60, 900, 604800])
        botocore.auth.SigV4QueryAuth(identity, service, region, expires=result["expires"]).add_auth(request)
        result["url"] = request.url
    else:
        botocore.auth.SigV4Auth(identity, service, region).add_auth(request)
        result["authorization"] = request.headers["Authorization"]
    return result


def main():
    rng = random.Random(20261122)
    table = credentials(rng)
    write = sys.stdout.write
    write('{"source":"botocore %s, tools/vectors/botocore_sigv4.py",\n"credentials":[\n' % botocore.__version__)
    write(",\n".join(json.dumps(entry, separators=(",", ":")) for entry in table))
    write('],\n"vectors":[\n')
    write(",\n".join(json.dumps(vector(rng, i, table), separators=(",", ":"), ensure_ascii=False) for i in range(COUNT)))
    write("]}\n")


main()
