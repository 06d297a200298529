"""The compiled recorders. `cython_source` prints them below what they all use."""

from sys import _getframe

from autograd.engine.node cimport LiveNode
from libc.math cimport (
    acos, acosh, asin, asinh, atan, atanh, cos, cosh, exp, expm1, fabs as abs, log, log1p, pow, sin,
    sinh, sqrt, tan, tanh,
)

BINDERS = {}
ERRORS = (ArithmeticError, ValueError)


cdef inline LiveNode new(type cls):
    return <LiveNode>cls.__new__(cls)


cdef inline object finish(LiveNode node, dict names):
    """Return what the recorder returns for its new node.

    The garbage collector need not visit a node of a built-in operation, because its fields cannot
    lead back to it: its parents are older, and the rest are numbers and text.
    """
    note_node = names["note_node"]
    if note_node is not None:
        return note_node(node, _getframe(0))
    PyObject_GC_UnTrack(<void*>node)
    return node


# Python reads and writes a member of a C struct as fast as a slot. The properties that Cython
# generates for public fields take much longer, so that they are replaced here.

cdef extern from "Python.h":
    void PyObject_GC_UnTrack(void*)
    void PyType_Modified(type)
    object PyDescr_NewMember(type, PyMemberDef*)
    ctypedef struct PyTypeObject:
        void* tp_dict


cdef extern from "structmember.h":
    int T_DOUBLE, T_OBJECT_EX
    ctypedef struct PyMemberDef:
        const char* name
        int type
        Py_ssize_t offset
    Py_ssize_t GRAD "offsetof(struct LiveNodeObject, _grad)"
    Py_ssize_t DATA "offsetof(struct LiveNodeObject, _data)"

cdef PyMemberDef members[8]


def define_members():
    fields = <dict>(<PyTypeObject*>LiveNode).tp_dict
    for k, name in enumerate((b"_grad", b"_data", b"_note", b"op", b"_a", b"_b", b"_p", b"_q")):
        members[k].name = name
        members[k].type = T_OBJECT_EX if k else T_DOUBLE
        members[k].offset = DATA + (k - 1) * sizeof(void*) if k else GRAD
        fields[name.decode()] = PyDescr_NewMember(LiveNode, &members[k])
    PyType_Modified(LiveNode)


define_members()
