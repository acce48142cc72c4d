package world

import (
	"fmt"
	"strings"
)

func keyRefusals() []refusal {
	return []refusal{
		{"a key with a deletion window of a day", keyWindow, func(l *lab) error { return l.fails(keyType, Properties{"deletionWindowInDays": 1.0}) }},
		{"a key policy that is not a policy", keyPolicy, func(l *lab) error { return l.fails(keyType, Properties{"policy": "{}"}) }},
		{"an alias without its prefix", aliasName, func(l *lab) error {
			l.make("key", keyType, nil)
			return l.fails(aliasType, Properties{"name": "key", "targetKeyId": l.ids["key"]})
		}},
		{"an alias that exists already", aliasUnique, func(l *lab) error {
			in := Properties{"name": "alias/key", "targetKeyId": l.make("key", keyType, nil)}
			l.make("alias", aliasType, in)
			return l.fails(aliasType, in)
		}},
		{"an alias of a key that does not exist", aliasKey, func(l *lab) error {
			return l.fails(aliasType, Properties{"name": "alias/key", "targetKeyId": "0"})
		}},
		{"a log group that exists already", logGroupUnique, func(l *lab) error {
			l.make("logs", logGroupType, Properties{"name": "/a"})
			return l.fails(logGroupType, Properties{"name": "/a"})
		}},
		{"a log group with another alphabet", logGroupName, func(l *lab) error { return l.fails(logGroupType, Properties{"name": "로그"}) }},
		{"a log group that is kept for ten days", logRetention, func(l *lab) error {
			return l.fails(logGroupType, Properties{"name": "/a", "retentionInDays": 10.0})
		}},
		{"a log group with a key that does not exist", logKey, func(l *lab) error {
			return l.fails(logGroupType, Properties{"name": "/a", "kmsKeyId": "arn:aws:kms:ap-northeast-2:111122223333:key/0"})
		}},
		{"a launch template of an existing name", templateUnique, func(l *lab) error {
			l.make("lt", launchTemplateType, Properties{"name": "lt"})
			return l.fails(launchTemplateType, Properties{"name": "lt"})
		}},
		{"user data that is not base64", templateUserData, func(l *lab) error { return l.fails(launchTemplateType, Properties{"userData": "#!/bin/sh"}) }},
		{"tags for a resource that is not of an instance", templateTags, func(l *lab) error {
			return l.fails(launchTemplateType, Properties{"tagSpecifications": []any{Properties{"resourceType": "vpc"}}})
		}},
		{"a launch template with a security group that does not exist", groupExists, func(l *lab) error {
			return l.fails(launchTemplateType, Properties{"vpcSecurityGroupIds": []any{"sg-0"}})
		}},
	}
}

const simplePolicy = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}`

func iamRefusals() []refusal {
	trust := func(document string) func(*lab) error {
		return func(l *lab) error { return l.fails(roleType, Properties{"name": "r", "assumeRolePolicy": document}) }
	}
	policy := func(document string) func(*lab) error {
		return func(l *lab) error { return l.fails(policyType, Properties{"name": "p", "policy": document}) }
	}
	attach := func(role, arn string) func(*lab) error {
		return func(l *lab) error {
			l.role("r", trustFor("ec2"))
			return l.fails(attachmentType, Properties{"role": role, "policyArn": arn})
		}
	}
	oidc := func(in Properties) func(*lab) error {
		return func(l *lab) error {
			l.make("oidc", oidcType, Properties{"url": "https://example.com/id", "clientIdLists": []any{"sts.amazonaws.com"}})
			return l.fails(oidcType, in)
		}
	}
	statement := func(text string) string { return `{"Version": "2012-10-17", "Statement": [` + text + `]}` }
	return []refusal{
		{"a role that exists already", roleUnique, func(l *lab) error { l.role("r", trustFor("ec2")); return trust(trustFor("ec2"))(l) }},
		{"a role with one tag in two cases", iamTags, func(l *lab) error {
			// besides the provider's team
			return l.fails(roleType, Properties{"name": "r", "assumeRolePolicy": trustFor("ec2"), "tags": Properties{"Team": "a"}})
		}},
		{"a role that gets one tag in two cases", iamTags, func(l *lab) error {
			l.role("r", trustFor("ec2"))
			return l.change(roleType, l.ids["r"], Properties{"tags": Properties{"Team": "a", "team": "b"}})
		}},
		{"a policy with one tag in two cases", iamTags, func(l *lab) error {
			return l.fails(policyType, Properties{"name": "p", "policy": simplePolicy, "tags": Properties{"Team": "a"}})
		}},
		{"an OIDC provider with one tag in two cases", iamTags, func(l *lab) error {
			return l.fails(oidcType, Properties{"url": "https://example.com", "clientIdLists": []any{"sts.amazonaws.com"}, "tags": Properties{"Team": "a"}})
		}},
		{"a role whose name is too long", roleName, func(l *lab) error {
			return l.fails(roleType, Properties{"name": strings.Repeat("r", 65), "assumeRolePolicy": trustFor("ec2")})
		}},
		{"a trust policy that is not JSON", roleTrust, trust("{")},
		{"a trust policy with resources", roleTrust, trust(statement(`{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*", "Resource": "*"}`))},
		{"a trust policy without principals", roleTrust, trust(statement(`{"Effect": "Allow", "Action": "sts:AssumeRole"}`))},
		{"a trust policy for another service's actions", roleTrust, trust(statement(`{"Effect": "Allow", "Action": "ec2:*", "Principal": "*"}`))},
		{"a trust policy that is too long", roleTrustSize, trust(strings.Replace(trustFor("ec2"), `"ec2.amazonaws.com"`, `["ec2.amazonaws.com"`+strings.Repeat(`,"eks.amazonaws.com"`, 150)+`]`, 1))},
		{"a role that is deleted with a policy", roleDetached, func(l *lab) error {
			l.role("r", trustFor("ec2"), "AmazonEKSWorkerNodePolicy")
			return l.delete(roleType, "r")
		}},
		{"a role that is deleted while a node group uses it", roleUnworn, func(l *lab) error {
			l.nodes()
			for _, a := range l.world.with(attachmentType, "role", "node-role") {
				l.world.drop(a)
			}
			return l.delete(roleType, "node-role")
		}},
		{"an attachment to a role that does not exist", attachmentRole, attach("other", "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")},
		{"an attachment of a policy that does not exist", attachmentPolicy, attach("r", "arn:aws:iam::aws:policy/AmazonEKSPolicyOfDreams")},
		{"an attachment of a policy of another partition", attachmentPolicy, attach("r", "arn:aws-cn:iam::aws:policy/AmazonEKSClusterPolicy")},
		{"an eleventh policy of a role", attachmentQuota, func(l *lab) error {
			l.role("r", trustFor("ec2"))
			for i := range 11 {
				l.make("p", policyType, Properties{"name": fmt.Sprint("p", i), "policy": simplePolicy})
				if _, err := l.try(attachmentType, Properties{"role": "r", "policyArn": l.ids["p"]}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"a policy that exists already", policyUnique, func(l *lab) error {
			l.make("p", policyType, Properties{"name": "p", "policy": simplePolicy})
			return policy(simplePolicy)(l)
		}},
		{"a policy with a principal", policyDocument, policy(statement(`{"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Principal": "*"}`))},
		{"a policy without resources", policyDocument, policy(statement(`{"Effect": "Allow", "Action": "ec2:*"}`))},
		{"a policy with an action without a service", policyDocument, policy(statement(`{"Effect": "Allow", "Action": "Describe", "Resource": "*"}`))},
		{"a policy with a resource that is not an ARN", policyDocument, policy(statement(`{"Effect": "Allow", "Action": "ec2:*", "Resource": "vpc"}`))},
		{"a policy with an ARN of another partition", policyDocument, policy(statement(`{"Effect": "Allow", "Action": "ec2:*", "Resource": "arn:aws-cn:ec2:*:*:vpc/*"}`))},
		{"a policy with a condition that IAM does not have", policyDocument, policy(statement(`{"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": {"StringSounds": {"a": "b"}}}`))},
		{"a policy with an element that IAM does not have", policyDocument, policy(statement(`{"Effect": "Allow", "Actions": "ec2:*", "Resource": "*"}`))},
		{"a policy that is too long", policySize, policy(strings.Replace(simplePolicy, `"ec2:*"`, `["ec2:*"`+strings.Repeat(`,"ec2:DescribeInstances"`, 300)+`]`, 1))},
		{"a policy that is deleted while it is attached", policyDetached, func(l *lab) error {
			l.role("r", trustFor("ec2"))
			l.make("p", policyType, Properties{"name": "p", "policy": simplePolicy})
			l.make("a", attachmentType, Properties{"role": "r", "policyArn": l.ids["p"]})
			return l.delete(policyType, "p")
		}},
		{"an OIDC provider without https", oidcURL, oidc(Properties{"url": "http://example.com"})},
		{"a second OIDC provider for a URL", oidcUnique, oidc(Properties{"url": "https://example.com/id"})},
		{"a thumbprint that is too short", oidcThumbprint, oidc(Properties{"url": "https://example.com/b", "thumbprintLists": []any{"ab"}})},
		{"a token of a cluster without an OIDC provider", webIdentityProvider, func(l *lab) error {
			l.clusterUp()
			l.world.drop(l.object(oidcType, "oidc"))
			return l.world.assumeRoleWithWebIdentity("arn:aws:iam::111122223333:role/cni-role", "dev", "kube-system", "aws-node")
		}},
		{"a token of another service account", webIdentityTrust, func(l *lab) error {
			return l.clusterUp().world.assumeRoleWithWebIdentity("arn:aws:iam::111122223333:role/cni-role", "dev", "default", "aws-node")
		}},
	}
}

func accountRefusals() []refusal {
	client := func(region string, accounts ...string) func(*lab) error {
		return func(l *lab) error {
			_, err := l.world.AWS(AWSConfig{Region: region, Accounts: accounts})
			return err
		}
	}
	invoke := func(token string, args Properties) func(*lab) error {
		return func(l *lab) error {
			_, err := l.client.Invoke(token, args)
			return err
		}
	}
	takes := func(role string) func(*lab) error {
		return func(l *lab) error {
			l.role("closed", trustFor("ec2"))
			_, err := l.world.AWS(AWSConfig{Region: "ap-northeast-2", SignIn: SignIn{Role: role}})
			return err
		}
	}
	return []refusal{
		{"a role of another partition", assumedRole, takes("arn:aws-cn:iam::111122223333:role/ci")},
		{"a user instead of a role that is to be assumed", assumedRole, takes("arn:aws:iam::111122223333:user/ci")},
		{"a role that trusts others", assumedRoleTrusts, takes("arn:aws:iam::111122223333:role/closed")},
		{"an account that is not allowed", accountAllowed, client("ap-northeast-2", "999999999999")},
		{"a region that does not exist", regionKnown, client("ap-north-1")},
		{"a lookup of a region that does not exist", regionKnown, invoke("aws:index/getRegion:getRegion", Properties{"name": "ap-north-1"})},
		{"a filter of subnets that EC2 does not have", subnetFilterKnown, invoke("aws:ec2/getSubnets:getSubnets",
			Properties{"filters": []any{Properties{"name": "colour", "values": []any{"blue"}}}})},
		{"a subnet that is looked up and does not exist", subnetFound, invoke("aws:ec2/getSubnet:getSubnet", Properties{"id": "subnet-0"})},
		{"a filter of zones that EC2 does not have", zoneFilterKnown, invoke("aws:index/getAvailabilityZones:getAvailabilityZones",
			Properties{"filters": []any{Properties{"name": "colour", "values": []any{"blue"}}}})},
		{"a filter of offerings that EC2 does not have", offeringFilterKnown, invoke("aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings",
			Properties{"locationType": "availability-zone", "filters": []any{Properties{"name": "type", "values": []any{"m7g.large"}}}})},
	}
}
