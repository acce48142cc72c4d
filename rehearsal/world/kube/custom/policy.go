package custom

import (
	"fmt"
	"slices"
	"sync"

	celgo "github.com/google/cel-go/cel"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/cel/environment"

	"eksnet/rehearsal/world/store"
)

var PolicyAllows = store.NewRule("no admission policy denies an object",
	`%s %q is forbidden: ValidatingAdmissionPolicy '%s' with binding '%s' denied request: %s`,
	"https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/")

// Request is what the policies of a cluster review: a new object, or a change of one.
type Request struct {
	Group, Version, Plural string
	Name                   string
	Operation              admissionv1.OperationType
	Object, Old            map[string]any // old is nil for a new object
}

// resource returns the plural with the group, in the form of errors.
func (r *Request) resource() string {
	if r.Group == "" {
		return r.Plural
	}
	return r.Plural + "." + r.Group
}

// ReviewByPolicies refuses a request that a policy with a binding denies. A policy without a binding has no effect.
func ReviewByPolicies(r *Request, policies []admissionv1.ValidatingAdmissionPolicy, bindings []admissionv1.ValidatingAdmissionPolicyBinding) error {
	for i := range bindings {
		b := &bindings[i]
		at := slices.IndexFunc(policies, func(p admissionv1.ValidatingAdmissionPolicy) bool { return p.Name == b.Spec.PolicyName })
		if at < 0 || !slices.Contains(b.Spec.ValidationActions, admissionv1.Deny) || !selects(b.Spec.MatchResources, r, true) || !selects(policies[at].Spec.MatchConstraints, r, false) {
			continue
		}
		message, err := reviewByPolicy(&policies[at], r)
		if err != nil {
			return err
		}
		if err := PolicyAllows.When(message != "", r.resource(), r.Name, policies[at].Name, b.Name, message); err != nil {
			return err
		}
	}
	return nil
}

// reviewByPolicy returns the message of the first validation that a request fails, "" for none.
func reviewByPolicy(p *admissionv1.ValidatingAdmissionPolicy, r *Request) (string, error) {
	spec := &p.Spec
	if spec.ParamKind != nil || len(spec.MatchConditions) > 0 || len(spec.Variables) > 0 || !selectsAll(spec.MatchConstraints.NamespaceSelector) || !selectsAll(spec.MatchConstraints.ObjectSelector) {
		return "", store.Unmodelled("parameters, conditions, variables and selectors of ValidatingAdmissionPolicy %s", p.Name)
	}
	for _, v := range spec.Validations {
		holds, err := evaluate(v.Expression, r)
		switch {
		case err != nil && (spec.FailurePolicy == nil || *spec.FailurePolicy == admissionv1.Fail):
			return fmt.Sprintf("expression '%s' resulted in error: %v", v.Expression, err), nil
		case err == nil && !holds && v.Message != "":
			return v.Message, nil
		case err == nil && !holds:
			return "failed expression: " + v.Expression, nil
		}
	}
	return "", nil
}

// selectsAll reports whether a selector has no requirement, as the API server's default.
func selectsAll(s *metav1.LabelSelector) bool {
	return s == nil || len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0
}

// selects reports whether a policy or a binding is for a request. A binding without resources is for those of its
// policy.
func selects(m *admissionv1.MatchResources, r *Request, otherwise bool) bool {
	if m == nil || len(m.ResourceRules) == 0 {
		return otherwise
	}
	matches := func(rules []admissionv1.NamedRuleWithOperations) bool {
		return slices.ContainsFunc(rules, func(rule admissionv1.NamedRuleWithOperations) bool {
			named := len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, r.Name)
			operation := slices.Contains(rule.Operations, r.Operation) || slices.Contains(rule.Operations, admissionv1.OperationAll)
			return named && operation && isIn(rule.APIGroups, r.Group) && isIn(rule.APIVersions, r.Version) && isIn(rule.Resources, r.Plural)
		})
	}
	return matches(m.ResourceRules) && !matches(m.ExcludeResourceRules)
}

func isIn(list []string, text string) bool {
	return slices.Contains(list, "*") || slices.Contains(list, text)
}

// programs are the compiled expressions.
var programs sync.Map

// policyEnvironment has the API server's functions and the variables of a review.
var policyEnvironment = sync.OnceValues(func() (*celgo.Env, error) {
	base, err := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()).Env(environment.StoredExpressions)
	if err != nil {
		return nil, err
	}
	return base.Extend(celgo.Variable("object", celgo.DynType), celgo.Variable("oldObject", celgo.DynType), celgo.Variable("request", celgo.DynType))
})

// evaluate returns the result of an expression.
func evaluate(expression string, r *Request) (bool, error) {
	program, err := programOf(expression)
	if err != nil {
		return false, err
	}
	object, err := typedValues(r.Object)
	if err != nil {
		return false, err
	}
	values := map[string]any{"object": object, "oldObject": nil, "request": map[string]any{"operation": string(r.Operation), "name": r.Name}}
	if r.Old != nil {
		if values["oldObject"], err = typedValues(r.Old); err != nil {
			return false, err
		}
	}
	result, _, err := program.Eval(values)
	if err != nil {
		return false, err
	}
	holds, isBool := result.Value().(bool)
	if !isBool {
		return false, fmt.Errorf("the result is of type %s", result.Type())
	}
	return holds, nil
}

func programOf(expression string) (celgo.Program, error) {
	if known, found := programs.Load(expression); found {
		return known.(celgo.Program), nil
	}
	env, err := policyEnvironment()
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(expression)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	program, err := env.Program(ast)
	if err == nil {
		programs.Store(expression, program)
	}
	return program, err
}
