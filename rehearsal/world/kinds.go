package world

// kinds is every resource type that the world knows, by Pulumi token. It is filled in by init because the kinds' functions
// refer back to it.
var kinds map[string]*kind

// functions is every function that the world answers, by Pulumi token.
var functions map[string]function

func init() {
	kinds = map[string]*kind{}
	for _, k := range append(awsKinds(), kubernetesKinds()...) {
		kinds[k.typ] = k
	}
	functions = awsFunctions()
}
