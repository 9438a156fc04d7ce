package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// shadows returns the locals, parameters and results in one folder's Go files that have the name of
// a type of their package, of an import of their file, or of a builtin. Build tags are ignored.
func shadows(files []string) ([]finding, error) {
	fset := token.NewFileSet()
	var parsed []*ast.File
	declared := map[string]map[string]bool{} // the types of each package in the folder
	for _, name := range files {
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, file)
		known := declared[file.Name.Name]
		if known == nil {
			known = map[string]bool{}
			declared[file.Name.Name] = known
		}
		for _, declaration := range file.Decls {
			group, ok := declaration.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range group.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					known[spec.Name.Name] = true
				}
			}
		}
	}
	var findings []finding
	for _, file := range parsed {
		imports := importNames(file)
		for _, local := range locals(file) {
			name, hidden := local.Name, ""
			switch {
			case imports[name] != "":
				hidden = "the import " + strconv.Quote(imports[name])
			case declared[file.Name.Name][name]:
				hidden = "the type " + name
			case types.Universe.Lookup(name) != nil:
				hidden = "the builtin " + name
			default:
				continue
			}
			at := fset.Position(local.Pos())
			message := name + " hides " + hidden
			findings = append(findings, finding{at.Filename, at.Line, "shadow", message})
		}
	}
	return findings, nil
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// importNames maps the names by which a file knows its imports to their paths. The name of a
// package is taken from its path.
func importNames(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		full, _ := strconv.Unquote(spec.Path.Value) // the parser has checked it
		name := path.Base(full)
		if majorVersion.MatchString(name) {
			name = path.Base(path.Dir(full))
		}
		name = strings.TrimPrefix(name, "go-")
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = full
	}
	return names
}

// locals returns the identifiers that the functions of a file declare: receivers, parameters,
// results, variables, constants and types.
func locals(file *ast.File) []*ast.Ident {
	var found []*ast.Ident
	add := func(expressions ...ast.Expr) {
		for _, e := range expressions {
			if name, ok := e.(*ast.Ident); ok && name.Name != "_" {
				found = append(found, name)
			}
		}
	}
	fields := func(list *ast.FieldList) {
		if list == nil {
			return
		}
		for _, field := range list.List {
			for _, name := range field.Names {
				add(name)
			}
		}
	}
	inspect := func(body ast.Node) {
		ast.Inspect(body, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.FuncLit:
				fields(node.Type.Params)
				fields(node.Type.Results)
			case *ast.AssignStmt:
				if node.Tok == token.DEFINE {
					add(node.Lhs...)
				}
			case *ast.RangeStmt:
				if node.Tok == token.DEFINE {
					add(node.Key, node.Value)
				}
			case *ast.ValueSpec:
				for _, name := range node.Names {
					add(name)
				}
			case *ast.TypeSpec:
				add(node.Name)
			}
			return true
		})
	}
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			fields(d.Recv)
			fields(d.Type.Params)
			fields(d.Type.Results)
			if d.Body != nil {
				inspect(d.Body)
			}
		case *ast.GenDecl:
			ast.Inspect(d, func(node ast.Node) bool {
				if f, ok := node.(*ast.FuncLit); ok {
					inspect(f)
					return false
				}
				return true
			})
		}
	}
	return found
}
