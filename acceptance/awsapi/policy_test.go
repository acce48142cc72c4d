package awsapi_test

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"

	"eksnet/acceptance/audit"
	"eksnet/acceptance/awsapi"
	"eksnet/acceptance/check"
	"eksnet/acceptance/mototest"
	"eksnet/acceptance/sweep"
	"eksnet/config"
	"eksnet/internal/iam"
	"eksnet/internal/stackfile"
)

var update = flag.Bool("update", false, "write the policies in docs anew")

// prefixes are the prefixes of actions by the SDK's name of a service.
var prefixes = map[string]string{"ACM": "acm", "Auto Scaling": "autoscaling", "CloudWatch Logs": "logs", "EC2": "ec2", "EKS": "eks", "Elastic Load Balancing": "elasticloadbalancing",
	"Elastic Load Balancing v2": "elasticloadbalancing", "IAM": "iam", "KMS": "kms", "Resource Groups Tagging API": "tag", "Route 53": "route53", "S3": "s3", "Service Quotas": "servicequotas", "STS": "sts", "WAFV2": "wafv2"}

// actionOf are the actions of operations that have other names
// (docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html).
var actionOf = map[string]string{"s3:HeadBucket": "s3:ListBucket", "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration"}

// recorder records the calls of a configuration's clients.
type recorder struct {
	sync.Mutex
	actions []string
}

func (r *recorder) record(c aws.Config) aws.Config {
	c.APIOptions = append(c.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("record", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			r.Lock()
			operation := prefixes[awsmiddleware.GetServiceID(ctx)] + ":" + awsmiddleware.GetOperationName(ctx)
			r.actions = append(r.actions, cmp.Or(actionOf[operation], operation))
			r.Unlock()
			return next.HandleInitialize(ctx, in)
		}), middleware.After)
	})
	return c
}

// calls returns the recorded actions once each, and forgets them.
func (r *recorder) calls() []string {
	actions := slices.Clone(r.actions)
	r.actions = nil
	slices.Sort(actions)
	return slices.Compact(actions)
}

// actionsOf returns the actions of a policy once each.
func actionsOf(d iam.Document) (actions []string) {
	for _, s := range d.Statement {
		actions = append(actions, s.Action...)
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

func TestThePoliciesAllowTheCallsAndNoOthers(t *testing.T) {
	endpoint := mototest.Start(t, mototest.Account)
	p := mototest.NewPlanter(t, mototest.Config(endpoint, mototest.Region), 0)
	p.All = true
	p.Plant(false)
	r := &recorder{}
	a := awsapi.New(r.record(p.Config))
	if _, err := a.Identity(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Run(t.Context(), a, scope); err != nil {
		t.Fatal(err)
	}
	read := r.calls()
	compareActions(t, "audit", read, actionsOf(awsapi.AuditPolicy()))
	if _, err := sweep.Run(t.Context(), a, scope, options()); err != nil {
		t.Fatal(err)
	}
	deleted := slices.DeleteFunc(r.calls(), func(action string) bool { return slices.Contains(read, action) })
	compareActions(t, "sweep", deleted, actionsOf(awsapi.SweepPolicy()))
}

func compareActions(t *testing.T, command string, called, allowed []string) {
	t.Helper()
	for _, action := range called {
		if !slices.Contains(allowed, action) {
			t.Errorf("%s calls %s, which its policy does not allow", command, action)
		}
	}
	for _, action := range allowed {
		if !slices.Contains(called, action) {
			t.Errorf("the policy of %s allows %s, which it does not call", command, action)
		}
	}
}

func TestTheCheckPolicyAllowsTheCallsAndNoOthers(t *testing.T) {
	spec, planned, err := stackfile.Load("../..", "gateway-ap-northeast-2")
	if err != nil {
		t.Fatal(err)
	}
	endpoint := supplement(t, mototest.Start(t, mototest.Account, mototest.OfferedAddons(t, planned.Addons), `RAISED_QUOTAS={"L-1216C47A": 64}`))
	r := &recorder{}
	a := awsapi.New(r.record(mototest.Config(endpoint, mototest.Region)))
	spec.DNS.Zones = []config.HostedZone{{Domain: "example.com"}, {Domain: "example.com", Private: true}}
	createZones(t, mototest.Config(endpoint, mototest.Region), 0)
	arn := importCertificate(t, mototest.Config(endpoint, mototest.Region), "*.example.com")
	acl, list := createWebACL(t, mototest.Config(endpoint, mototest.Region)), createPrefixList(t, mototest.Config(endpoint, mototest.Region), 10)
	for name, w := range spec.Workloads {
		if w.Certificate != "" {
			w.Certificate, w.AccessLogs = arn, &config.AccessLogs{Enabled: true, Bucket: "logs"}
			w.WAF, w.MutualTLS = acl, &config.MutualTLS{Mode: config.MutualTLSVerify, TrustStore: trustStore}
			w.PrefixLists = map[string]int{list: 10}
			spec.Workloads[name] = w
		}
	}
	spec.Network.IPAMPool = ipamPool
	createKeyPair(t, mototest.Config(endpoint, mototest.Region), spec)
	createLogBucket(t, mototest.Config(endpoint, mototest.Region), "logs")
	rows, err := check.Run(t.Context(), a, check.Stack{Spec: spec, Plan: planned, Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	called := slices.DeleteFunc(r.calls(), func(action string) bool { return slices.Contains(actionsOf(awsapi.AuditPolicy()), action) })
	compareActions(t, "check", called, actionsOf(awsapi.CheckPolicy()))
	for _, row := range rows {
		want := check.Passed
		if row.Check == "service-linked roles" {
			want = check.Warned
		}
		if row.Status != want {
			t.Errorf("%s: %s: %s", row.Check, row.Status, row.Found)
		}
	}
}

// An action that deletes is allowed on every resource only where neither tags nor ARNs limit it.
func TestTheSweepPolicyIsLimitedToTheStack(t *testing.T) {
	for i, s := range awsapi.SweepPolicy().Statement {
		open := slices.Contains(s.Resource, "*") && len(s.Condition) == 0
		for _, action := range s.Action {
			if open && !strings.Contains(action, ":List") && action != "ec2:DeleteSubnetCidrReservation" {
				t.Errorf("statement %d allows %s on every resource", i, action)
			}
		}
		if text := fmt.Sprint(s.Condition); len(s.Condition) > 0 && !strings.Contains(text, "STACK") && !strings.Contains(text, "CLUSTER") &&
			!strings.Contains(text, "GuardDutyManaged") && !strings.Contains(text, "eks-vpc-resource-controller") && !strings.Contains(text, "instance_id") {
			t.Errorf("statement %d has the condition %s, which does not name the stack", i, text)
		}
	}
}

func TestThePoliciesInTheDocumentationAreThoseOfTheCommands(t *testing.T) {
	for name, policy := range map[string]iam.Document{"audit": awsapi.AuditPolicy(), "check": awsapi.CheckPolicy(), "look": awsapi.LookPolicy(), "sweep": awsapi.SweepPolicy()} {
		want, err := json.MarshalIndent(policy, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		file := "../../docs/" + name + "-policy.json"
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != string(want) {
			t.Errorf("%s differs from the commands' policy (%v); run: go test ./awsapi -run Documentation -update", file, err)
		}
		compact, err := json.Marshal(policy)
		if err != nil {
			t.Fatal(err)
		}
		if len(compact) > managedPolicySize {
			t.Errorf("%s has %d characters without spaces, and a managed policy %d", file, len(compact), managedPolicySize)
		}
	}
}

// managedPolicySize is how many characters a managed policy has, spaces aside
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
const managedPolicySize = 6144
