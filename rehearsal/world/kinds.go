package world

// kinds are all simulated resource types, by Pulumi token. It is set by init because the kinds' functions refer to it.
var kinds map[string]*kind

// functions are all simulated functions, by Pulumi token.
var functions map[string]function

func init() {
	kinds = map[string]*kind{}
	for _, k := range append(awsKinds(), kubernetesKinds()...) {
		kinds[k.typ] = k
	}
	functions = awsFunctions()
}
