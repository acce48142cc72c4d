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

// Statement is a statement of a policy. All statements have the effect Allow.
type Statement struct {
	Effect    string
	Principal *Principal `json:",omitempty"`
	Action    []string
	Resource  []string  `json:",omitempty"`
	Condition Condition `json:",omitempty"`
}

// Principal is the principal of a trust policy or of the policy of a resource: services such as ec2.amazonaws.com, ARNs
// of IAM, or an OIDC provider's ARN.
type Principal struct {
	Service   []string `json:",omitempty"`
	AWS       []string `json:",omitempty"`
	Federated string   `json:",omitempty"`
}

// Condition maps an operator to condition keys and their values.
type Condition map[string]map[string][]string

// Policy returns a document of statements.
func Policy(statements ...Statement) Document {
	return Document{Version: "2012-10-17", Statement: statements}
}

// Allow returns a statement that allows actions on any resource; On and When restrict it.
func Allow(actions ...string) Statement {
	return Statement{Effect: "Allow", Action: actions, Resource: []string{"*"}}
}

// For sets the principal of a statement in the policy of a resource.
func (s Statement) For(p Principal) Statement {
	s.Principal = &p
	return s
}

// On restricts a statement to resources.
func (s Statement) On(arns ...string) Statement {
	s.Resource = arns
	return s
}

// When adds a condition. All conditions of a statement must be met.
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

// TrustService returns a trust policy that lets an AWS service such as ec2.amazonaws.com assume a role.
func TrustService(service string) Document {
	return Policy(Statement{Effect: "Allow", Principal: &Principal{Service: []string{service}}, Action: []string{"sts:AssumeRole"}})
}

// TrustServiceFor returns a trust policy that lets an AWS service assume a role only for an account's own resources, so
// that other accounts cannot use the role through the service
// (docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).
func TrustServiceFor(service, account, resource string) Document {
	trust := TrustService(service)
	trust.Statement[0] = trust.Statement[0].
		When("StringEquals", "aws:SourceAccount", account).
		When("ArnLike", "aws:SourceArn", resource)
	return trust
}

// TrustServiceAccount returns a trust policy that lets the pods of one Kubernetes service account assume a role:
// subject and audience of the token must match
// (docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html). The issuer has no https:// prefix.
func TrustServiceAccount(providerARN, issuer, namespace, name string) Document {
	s := Statement{Effect: "Allow", Principal: &Principal{Federated: providerARN}, Action: []string{"sts:AssumeRoleWithWebIdentity"}}
	return Policy(s.
		When("StringEquals", issuer+":sub", fmt.Sprintf("system:serviceaccount:%s:%s", namespace, name)).
		When("StringEquals", issuer+":aud", "sts.amazonaws.com"))
}

// TrustPods returns a trust policy that lets EKS Pod Identity assume a role for the pods of one Kubernetes service
// account in one cluster. EKS passes cluster, namespace and service account as session tags, which the policy must
// allow and can require (docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html, pod-id-abac.html).
func TrustPods(clusterARN, namespace, name string) Document {
	s := Statement{Effect: "Allow", Principal: &Principal{Service: []string{"pods.eks.amazonaws.com"}}, Action: []string{"sts:AssumeRole", "sts:TagSession"}}
	return Policy(s.
		When("StringEquals", "aws:RequestTag/eks-cluster-arn", clusterARN).
		When("StringEquals", "aws:RequestTag/kubernetes-namespace", namespace).
		When("StringEquals", "aws:RequestTag/kubernetes-service-account", name))
}

// JSON returns the document in AWS's format, the same text for the same document.
func (d Document) JSON() string {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // a document holds only strings
	}
	return string(text)
}
