"""Calls one operation of STS through boto3 and prints what came of it as JSON.

usage: boto3_sts.py ENDPOINT REGION OPERATION PARAMETERS_AS_JSON, with "-" for an endpoint that the environment gives
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, region, operation, parameters = sys.argv[1:]
config = Config(retries={"max_attempts": 0})
url = None if endpoint == "-" else endpoint
client = boto3.client("sts", endpoint_url=url, region_name=region, config=config)
try:
    result = getattr(client, operation)(**json.loads(parameters))
    result.pop("ResponseMetadata")
    print(json.dumps(result, default=str))
except ClientError as error:
    print(json.dumps({"Error": error.response["Error"]}))
