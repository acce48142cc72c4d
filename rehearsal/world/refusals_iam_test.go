package world_test

import (
	"fmt"
	"strings"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/logs"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func keyRefusals() []refusal {
	return []refusal{
		{"a key with a deletion window of a day", kms.KeyWindow, func(l *worldtest.Lab) error {
			return l.Fails(store.KeyType, store.Properties{"deletionWindowInDays": 1.0})
		}},
		{"a key policy that is not a policy", kms.KeyPolicy, func(l *worldtest.Lab) error { return l.Fails(store.KeyType, store.Properties{"policy": "{}"}) }},
		{"an alias without its prefix", kms.AliasName, func(l *worldtest.Lab) error {
			l.Make("key", store.KeyType, nil)
			return l.Fails(store.AliasType, store.Properties{"name": "key", "targetKeyId": l.IDs["key"]})
		}},
		{"an alias that exists already", kms.AliasUnique, func(l *worldtest.Lab) error {
			in := store.Properties{"name": "alias/key", "targetKeyId": l.Make("key", store.KeyType, nil)}
			l.Make("alias", store.AliasType, in)
			return l.Fails(store.AliasType, in)
		}},
		{"an alias of a key that does not exist", kms.AliasKey, func(l *worldtest.Lab) error {
			return l.Fails(store.AliasType, store.Properties{"name": "alias/key", "targetKeyId": "0"})
		}},
		{"a log group that exists already", logs.LogGroupUnique, func(l *worldtest.Lab) error {
			l.Make("logs", store.LogGroupType, store.Properties{"name": "/a"})
			return l.Fails(store.LogGroupType, store.Properties{"name": "/a"})
		}},
		{"a log group with another alphabet", logs.LogGroupName, func(l *worldtest.Lab) error { return l.Fails(store.LogGroupType, store.Properties{"name": "로그"}) }},
		{"a log group that is kept for ten days", logs.LogRetention, func(l *worldtest.Lab) error {
			return l.Fails(store.LogGroupType, store.Properties{"name": "/a", "retentionInDays": 10.0})
		}},
		{"a log group with a key that does not exist", logs.LogKey, func(l *worldtest.Lab) error {
			return l.Fails(store.LogGroupType, store.Properties{"name": "/a", "kmsKeyId": "arn:aws:kms:ap-northeast-2:111122223333:key/0"})
		}},
		{"a log group with a key whose policy does not name the service", logs.LogKeyAllowed, func(l *worldtest.Lab) error {
			l.Make("key", store.KeyType, nil)
			return l.Fails(store.LogGroupType, store.Properties{"name": "/a", "kmsKeyId": l.Object(store.KeyType, "key").Text("arn")})
		}},
		{"a log group with a key whose policy names another group", logs.LogKeyAllowed, func(l *worldtest.Lab) error {
			l.Make("key", store.KeyType, store.Properties{"policy": `{"Statement": {"Effect": "Allow", "Principal": {"Service": "logs.ap-northeast-2.amazonaws.com"}, "Action": "kms:*", "Resource": "*",
				"Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:ap-northeast-2:111122223333:log-group:/b"}}}}`})
			return l.Fails(store.LogGroupType, store.Properties{"name": "/a", "kmsKeyId": l.Object(store.KeyType, "key").Text("arn")})
		}},
		{"a key that a log group has from then on, whose policy does not name the service", logs.LogKeyAllowed, func(l *worldtest.Lab) error {
			l.Make("key", store.KeyType, nil)
			l.Make("group", store.LogGroupType, store.Properties{"name": "/a"})
			return l.Change(store.LogGroupType, "/a", store.Properties{"name": "/a", "kmsKeyId": l.Object(store.KeyType, "key").Text("arn")})
		}},
		{"a launch template of an existing name", ec2.TemplateUnique, func(l *worldtest.Lab) error {
			l.Make("lt", store.LaunchTemplateType, store.Properties{"name": "lt"})
			return l.Fails(store.LaunchTemplateType, store.Properties{"name": "lt"})
		}},
		{"user data that is not base64", ec2.TemplateUserData, func(l *worldtest.Lab) error {
			return l.Fails(store.LaunchTemplateType, store.Properties{"userData": "#!/bin/sh"})
		}},
		{"tags for a resource that is not of an instance", ec2.TemplateTags, func(l *worldtest.Lab) error {
			return l.Fails(store.LaunchTemplateType, store.Properties{"tagSpecifications": []any{store.Properties{"resourceType": "vpc"}}})
		}},
		{"a launch template with a security group that does not exist", ec2.GroupExists, func(l *worldtest.Lab) error {
			return l.Fails(store.LaunchTemplateType, store.Properties{"vpcSecurityGroupIds": []any{"sg-0"}})
		}},
	}
}

const simplePolicy = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}`

func iamRefusals() []refusal {
	trust := func(document string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			return l.Fails(store.RoleType, store.Properties{"name": "r", "assumeRolePolicy": document})
		}
	}
	policy := func(document string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			return l.Fails(store.PolicyType, store.Properties{"name": "p", "policy": document})
		}
	}
	attach := func(role, arn string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Role("r", worldtest.TrustFor("ec2"))
			return l.Fails(store.AttachmentType, store.Properties{"role": role, "policyArn": arn})
		}
	}
	oidc := func(in store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Make("oidc", store.OIDCType, store.Properties{"url": "https://example.com/id", "clientIdLists": []any{"sts.amazonaws.com"}})
			return l.Fails(store.OIDCType, in)
		}
	}
	statement := func(text string) string { return `{"Version": "2012-10-17", "Statement": [` + text + `]}` }
	return []refusal{
		{"a role that exists already", iam.RoleUnique, func(l *worldtest.Lab) error {
			l.Role("r", worldtest.TrustFor("ec2"))
			return trust(worldtest.TrustFor("ec2"))(l)
		}},
		{"a role with one tag in two cases", iam.IAMTags, func(l *worldtest.Lab) error {
			// besides the provider's team
			return l.Fails(store.RoleType, store.Properties{"name": "r", "assumeRolePolicy": worldtest.TrustFor("ec2"), "tags": store.Properties{"Team": "a"}})
		}},
		{"a role that gets one tag in two cases", iam.IAMTags, func(l *worldtest.Lab) error {
			l.Role("r", worldtest.TrustFor("ec2"))
			return l.Change(store.RoleType, l.IDs["r"], store.Properties{"tags": store.Properties{"Team": "a", "team": "b"}})
		}},
		{"a policy with one tag in two cases", iam.IAMTags, func(l *worldtest.Lab) error {
			return l.Fails(store.PolicyType, store.Properties{"name": "p", "policy": simplePolicy, "tags": store.Properties{"Team": "a"}})
		}},
		{"an OIDC provider with one tag in two cases", iam.IAMTags, func(l *worldtest.Lab) error {
			return l.Fails(store.OIDCType, store.Properties{"url": "https://example.com", "clientIdLists": []any{"sts.amazonaws.com"}, "tags": store.Properties{"Team": "a"}})
		}},
		{"a role whose name is too long", iam.RoleName, func(l *worldtest.Lab) error {
			return l.Fails(store.RoleType, store.Properties{"name": strings.Repeat("r", 65), "assumeRolePolicy": worldtest.TrustFor("ec2")})
		}},
		{"a trust policy that is not JSON", iam.RoleTrust, trust("{")},
		{"a trust policy with resources", iam.RoleTrust, trust(statement(`{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*", "Resource": "*"}`))},
		{"a trust policy without principals", iam.RoleTrust, trust(statement(`{"Effect": "Allow", "Action": "sts:AssumeRole"}`))},
		{"a trust policy for another service's actions", iam.RoleTrust, trust(statement(`{"Effect": "Allow", "Action": "ec2:*", "Principal": "*"}`))},
		{"a trust policy that is too long", iam.RoleTrustSize, trust(strings.Replace(worldtest.TrustFor("ec2"), `"ec2.amazonaws.com"`, `["ec2.amazonaws.com"`+strings.Repeat(`,"eks.amazonaws.com"`, 150)+`]`, 1))},
		{"a role that is deleted with a policy", iam.RoleDetached, func(l *worldtest.Lab) error {
			l.Role("r", worldtest.TrustFor("ec2"), "AmazonEKSWorkerNodePolicy")
			return l.Delete(store.RoleType, "r")
		}},
		{"a role that is deleted while a node group uses it", iam.RoleUnused, func(l *worldtest.Lab) error {
			l.Nodes()
			for _, a := range l.World.With(store.AttachmentType, "role", "node-role") {
				l.World.Drop(a)
			}
			return l.Delete(store.RoleType, "node-role")
		}},
		{"an attachment to a role that does not exist", iam.AttachmentRole, attach("other", "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")},
		{"an attachment of a policy that does not exist", iam.AttachmentPolicy, attach("r", "arn:aws:iam::aws:policy/AmazonEKSPolicyOfDreams")},
		{"an attachment of a policy of another partition", iam.AttachmentPolicy, attach("r", "arn:aws-cn:iam::aws:policy/AmazonEKSClusterPolicy")},
		{"an eleventh policy of a role", iam.AttachmentQuota, func(l *worldtest.Lab) error {
			l.Role("r", worldtest.TrustFor("ec2"))
			for i := range 11 {
				l.Make("p", store.PolicyType, store.Properties{"name": fmt.Sprint("p", i), "policy": simplePolicy})
				if _, err := l.Try(store.AttachmentType, store.Properties{"role": "r", "policyArn": l.IDs["p"]}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"a policy that exists already", iam.PolicyUnique, func(l *worldtest.Lab) error {
			l.Make("p", store.PolicyType, store.Properties{"name": "p", "policy": simplePolicy})
			return policy(simplePolicy)(l)
		}},
		{"a policy with a principal", iam.PolicyDocument, policy(statement(`{"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Principal": "*"}`))},
		{"a policy without resources", iam.PolicyDocument, policy(statement(`{"Effect": "Allow", "Action": "ec2:*"}`))},
		{"a policy with an action without a service", iam.PolicyDocument, policy(statement(`{"Effect": "Allow", "Action": "Describe", "Resource": "*"}`))},
		{"a policy with a resource that is not an ARN", iam.PolicyDocument, policy(statement(`{"Effect": "Allow", "Action": "ec2:*", "Resource": "vpc"}`))},
		{"a policy with an ARN of another partition", iam.PolicyDocument, policy(statement(`{"Effect": "Allow", "Action": "ec2:*", "Resource": "arn:aws-cn:ec2:*:*:vpc/*"}`))},
		{"a policy with a condition that IAM does not have", iam.PolicyDocument, policy(statement(`{"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": {"StringSounds": {"a": "b"}}}`))},
		{"a policy with an element that IAM does not have", iam.PolicyDocument, policy(statement(`{"Effect": "Allow", "Actions": "ec2:*", "Resource": "*"}`))},
		{"a policy that is too long", iam.PolicySize, policy(strings.Replace(simplePolicy, `"ec2:*"`, `["ec2:*"`+strings.Repeat(`,"ec2:DescribeInstances"`, 300)+`]`, 1))},
		{"a policy that is deleted while it is attached", iam.PolicyDetached, func(l *worldtest.Lab) error {
			l.Role("r", worldtest.TrustFor("ec2"))
			l.Make("p", store.PolicyType, store.Properties{"name": "p", "policy": simplePolicy})
			l.Make("a", store.AttachmentType, store.Properties{"role": "r", "policyArn": l.IDs["p"]})
			return l.Delete(store.PolicyType, "p")
		}},
		{"an OIDC provider without https", iam.OIDCURL, oidc(store.Properties{"url": "http://example.com"})},
		{"a second OIDC provider for a URL", iam.OIDCUnique, oidc(store.Properties{"url": "https://example.com/id"})},
		{"a thumbprint that is too short", iam.OIDCThumbprint, oidc(store.Properties{"url": "https://example.com/b", "thumbprintLists": []any{"ab"}})},
		{"a token of a cluster without an OIDC provider", iam.WebIdentityProvider, func(l *worldtest.Lab) error {
			l.ClusterUp()
			l.World.Drop(l.Object(store.OIDCType, "oidc"))
			return iam.AssumeRoleWithWebIdentity(l.World.Account, "arn:aws:iam::111122223333:role/cni-role", "dev", "kube-system", "aws-node")
		}},
		{"a token of another service account", iam.WebIdentityTrust, func(l *worldtest.Lab) error {
			return iam.AssumeRoleWithWebIdentity(l.ClusterUp().World.Account, "arn:aws:iam::111122223333:role/cni-role", "dev", "default", "aws-node")
		}},
	}
}

func accountRefusals() []refusal {
	client := func(region string, accounts ...string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			_, err := l.World.AWS(world.AWSConfig{Region: region, Accounts: accounts})
			return err
		}
	}
	invoke := func(token string, args store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			_, err := l.Client.Invoke(token, args)
			return err
		}
	}
	takes := func(role string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Role("closed", worldtest.TrustFor("ec2"))
			_, err := l.World.AWS(world.AWSConfig{Region: "ap-northeast-2", SignIn: store.SignIn{Role: role}})
			return err
		}
	}
	return []refusal{
		{"a role of another partition", iam.AssumedRole, takes("arn:aws-cn:iam::111122223333:role/ci")},
		{"a user instead of a role that is to be assumed", iam.AssumedRole, takes("arn:aws:iam::111122223333:user/ci")},
		{"a role that trusts others", iam.AssumedRoleTrusts, takes("arn:aws:iam::111122223333:role/closed")},
		{"an account that is not allowed", iam.AccountAllowed, client("ap-northeast-2", "999999999999")},
		{"a region that does not exist", ec2.RegionKnown, client("ap-north-1")},
		{"a lookup of a region that does not exist", ec2.RegionKnown, invoke("aws:index/getRegion:getRegion", store.Properties{"name": "ap-north-1"})},
		{"a filter of subnets that EC2 does not have", ec2.SubnetFilterKnown, invoke("aws:ec2/getSubnets:getSubnets",
			store.Properties{"filters": []any{store.Properties{"name": "colour", "values": []any{"blue"}}}})},
		{"a subnet that is looked up and does not exist", ec2.SubnetFound, invoke("aws:ec2/getSubnet:getSubnet", store.Properties{"id": "subnet-0"})},
		{"a filter of zones that EC2 does not have", ec2.ZoneFilterKnown, invoke("aws:index/getAvailabilityZones:getAvailabilityZones",
			store.Properties{"filters": []any{store.Properties{"name": "colour", "values": []any{"blue"}}}})},
		{"a filter of offerings that EC2 does not have", ec2.OfferingFilterKnown, invoke("aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings",
			store.Properties{"locationType": "availability-zone", "filters": []any{store.Properties{"name": "type", "values": []any{"m7g.large"}}}})},
	}
}
