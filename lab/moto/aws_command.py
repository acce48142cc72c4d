"""The calls of the AWS CLI for pods of the lab: aws SERVICE OPERATION [--PARAMETER VALUE ...] --query EXPRESSION --output text.

The lab does not install the AWS CLI, and moto's Python has the library that it consists of, with the same credentials,
endpoints and paginators. Parameters are texts, and the output is text.
"""

import os
import sys

import botocore.exceptions
import botocore.session
import jmespath
from botocore import xform_name


def main(arguments):
    service, operation, *rest = arguments
    options = dict(zip(rest[::2], rest[1::2]))
    query, output = options.pop("--query", "@"), options.pop("--output", "text")
    if output != "text" or len(rest) % 2:
        raise ValueError("accepted: aws SERVICE OPERATION [--PARAMETER VALUE ...] --query EXPRESSION --output text")
    client = botocore.session.get_session().create_client(service, region_name=os.environ.get("AWS_REGION"))
    method = operation.replace("-", "_")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    names = {"--" + xform_name(name, "-"): name for name in shape.members}
    parameters = {names[option]: value for option, value in options.items()}
    paged = client.can_paginate(method)
    for page in client.get_paginator(method).paginate(**parameters) if paged else [getattr(client, method)(**parameters)]:
        print_text(jmespath.search(query, page))


# docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html#text-output
def print_text(value):
    if isinstance(value, list):
        simple = [item for item in value if not isinstance(item, (list, dict))]
        if simple:
            print("\t".join(map(str, simple)))
        for item in value:
            if isinstance(item, list):
                print_text(item)
    else:
        print(value)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, KeyError, ValueError) as failure:
        print(f"\naws: [ERROR]: {failure}", file=sys.stderr)
        sys.exit(254)
