// Package iam holds IAM policy documents as typed values.
package iam

import (
	"encoding/json"
	"fmt"
)

// Document is an IAM policy (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
type Document struct {
	Version   string
	Statement []Statement
}

// Statement allows some actions. Deny statements have no user yet.
type Statement struct {
	Effect    string
	Principal *Principal `json:",omitempty"`
	Action    []string
	Resource  []string  `json:",omitempty"`
	Condition Condition `json:",omitempty"`
}

// Principal is who a trust policy trusts: services such as ec2.amazonaws.com, or an OIDC provider's ARN.
type Principal struct {
	Service   []string `json:",omitempty"`
	Federated string   `json:",omitempty"`
}

// Condition maps an operator to condition keys and their values.
type Condition map[string]map[string][]string

// Policy is a document of these statements.
func Policy(statements ...Statement) Document {
	return Document{Version: "2012-10-17", Statement: statements}
}

// Allow allows actions on any resource; On and When narrow it.
func Allow(actions ...string) Statement {
	return Statement{Effect: "Allow", Action: actions, Resource: []string{"*"}}
}

// On narrows a statement to resources.
func (s Statement) On(arns ...string) Statement {
	s.Resource = arns
	return s
}

// When adds a condition; statements with several hold only when all of them do.
func (s Statement) When(operator, key string, values ...string) Statement {
	condition := Condition{}
	for o, keys := range s.Condition {
		condition[o] = keys
	}
	merged := map[string][]string{key: values}
	for k, v := range condition[operator] {
		merged[k] = v
	}
	condition[operator] = merged
	s.Condition = condition
	return s
}

// TrustService lets an AWS service such as ec2.amazonaws.com take a role.
func TrustService(service string) Document {
	return Policy(Statement{Effect: "Allow", Principal: &Principal{Service: []string{service}}, Action: []string{"sts:AssumeRole"}})
}

// TrustServiceFor lets an AWS service take a role on behalf of an account's own resources alone, so that nobody else's can use it
// through the service (docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).
func TrustServiceFor(service, account, resource string) Document {
	trust := TrustService(service)
	trust.Statement[0] = trust.Statement[0].
		When("StringEquals", "aws:SourceAccount", account).
		When("ArnLike", "aws:SourceArn", resource)
	return trust
}

// TrustServiceAccount lets the pods of one Kubernetes service account take a role: the token's subject and its audience
// must match (docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html). The issuer comes without https://.
func TrustServiceAccount(providerARN, issuer, namespace, name string) Document {
	s := Statement{Effect: "Allow", Principal: &Principal{Federated: providerARN}, Action: []string{"sts:AssumeRoleWithWebIdentity"}}
	return Policy(s.
		When("StringEquals", issuer+":sub", fmt.Sprintf("system:serviceaccount:%s:%s", namespace, name)).
		When("StringEquals", issuer+":aud", "sts.amazonaws.com"))
}

// JSON is the document as AWS takes it, the same text for the same document.
func (d Document) JSON() string {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // a document holds texts alone
	}
	return string(text)
}
