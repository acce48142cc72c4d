// Command eksnet tells what a stack file means, without an account, the engine or the network.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
