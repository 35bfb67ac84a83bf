"""Prints a token made as the EKS documentation's readers make theirs: boto3's RequestSigner, base64, no padding.

usage: boto3_get_token.py CLUSTER_ID REGION (credentials from the environment)
"""

import base64
import re
import sys

import boto3
from botocore.signers import RequestSigner

STS_TOKEN_EXPIRES_IN = 60


def get_bearer_token(cluster_id, region):
    session = boto3.session.Session(region_name=region)
    client = session.client("sts", region_name=region)
    service_id = client.meta.service_model.service_id

    signer = RequestSigner(
        service_id, region, "sts", "v4", session.get_credentials(), session.events
    )
    params = {
        "method": "GET",
        "url": f"https://sts.{region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": cluster_id},
        "context": {},
    }
    signed_url = signer.generate_presigned_url(
        params, region_name=region, expires_in=STS_TOKEN_EXPIRES_IN, operation_name=""
    )
    base64_url = base64.urlsafe_b64encode(signed_url.encode("utf-8")).decode("utf-8")
    return "k8s-aws-v1." + re.sub(r"=*", "", base64_url)


if __name__ == "__main__":
    print(get_bearer_token(sys.argv[1], sys.argv[2]))
