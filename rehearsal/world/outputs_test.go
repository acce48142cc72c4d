package world

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// sdk returns the folder of pulumi-aws's Go packages.
func sdk(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi-aws/sdk/v6").Output()
	if err != nil {
		t.Skipf("pulumi-aws's source is not here: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "go", "aws")
}

// declared returns the outputs that a resource's struct in the SDK declares, and whether each may be absent.
func declared(t *testing.T, dir, typ string) map[string]bool {
	t.Helper()
	path, name, _ := strings.Cut(strings.TrimPrefix(typ, "aws:"), ":")
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, path+".go"), nil, 0)
	if err != nil {
		t.Fatalf("%s: %v", typ, err)
	}
	outputs := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		for _, f := range spec.Type.(*ast.StructType).Fields.List {
			if f.Tag != nil {
				tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("pulumi")
				text, _ := os.ReadFile(filepath.Join(dir, path+".go"))
				kind := string(text[f.Type.Pos()-1 : f.Type.End()-1])
				outputs[tag] = strings.Contains(kind, "Ptr") || strings.Contains(kind, "Array") || strings.Contains(kind, "Map")
			}
		}
		return false
	})
	return outputs
}

func TestEveryResourceHasTheOutputsThatTheSDKDeclares(t *testing.T) {
	dir := sdk(t)
	l := newLab(t).nodes()
	l.everythingElse()
	for _, k := range awsKinds() {
		made := l.world.all(k.typ, func(o *Object) bool { return o.Owner == "" })
		if len(made) == 0 {
			t.Errorf("%s: the test creates none", k.typ)
			continue
		}
		outputs := declared(t, dir, k.typ)
		for _, o := range made {
			for property, optional := range outputs {
				if _, given := o.Outputs[property]; !given && !optional {
					t.Errorf("%s %s has no output %s", k.typ, o.ID, property)
				}
			}
			for property := range o.Outputs {
				if _, known := outputs[property]; !known {
					t.Errorf("%s %s has the output %s, which the SDK does not declare", k.typ, o.ID, property)
				}
			}
		}
	}
}

// everythingElse creates one resource of each kind that a cluster with nodes does not need.
func (l *lab) everythingElse() {
	l.make("secondary", secondaryType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": "100.64.0.0/16"})
	l.make("reservation", cidrReservationType, Properties{"subnetId": l.ids["private-a"], "cidrBlock": "10.0.24.0/21", "reservationType": "prefix"})
	l.make("default-group", defaultGroupType, Properties{"vpcId": l.ids["vpc"]})
	l.make("s3", endpointType, Properties{"vpcId": l.ids["vpc"], "serviceName": "com.amazonaws.ap-northeast-2.s3", "routeTableIds": []any{l.ids["private"]}})
	l.make("lt", launchTemplateType, Properties{"name": "lt"})
	l.make("group", securityGroupType, Properties{"name": "group", "vpcId": l.ids["vpc"]})
	l.make("group-rule", groupRuleType, Properties{"securityGroupId": l.ids["group"], "type": "ingress", "protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "self": true})
	l.make("key", keyType, Properties{"deletionWindowInDays": 7.0})
	l.make("alias", aliasType, Properties{"name": "alias/key", "targetKeyId": l.ids["key"]})
	l.make("logs", logGroupType, Properties{"name": "/flow", "retentionInDays": 14.0})
	l.make("egress", egressGatewayType, Properties{"vpcId": l.ids["vpc"]})
	l.make("flow-role", roleType, Properties{"name": "flow", "assumeRolePolicy": trustFor("vpc-flow-logs")})
	l.make("flow-policy", rolePolicyType, Properties{"name": "flow", "role": "flow",
		"policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}`})
	l.make("flow", flowLogType, Properties{"vpcId": l.ids["vpc"], "logDestination": l.object(logGroupType, "logs").text("arn"),
		"iamRoleArn": l.object(roleType, "flow-role").text("arn"), "trafficType": "ALL"})
	l.make("policy", policyType, Properties{"name": "policy", "policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}`})
	l.make("entry", accessEntryType, Properties{"clusterName": "dev", "principalArn": "arn:aws:iam::111122223333:role/admin"})
	l.make("entry-policy", accessPolicyType, Properties{"clusterName": "dev", "principalArn": "arn:aws:iam::111122223333:role/admin",
		"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "accessScope": Properties{"type": "cluster"}})
}
