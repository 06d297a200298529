# The C types of `autograd/engine/topological.py`.

cimport cython
from autograd.engine.node cimport LiveNode


@cython.locals(
    order=list, seen=set, done=set, waiting=list, node=LiveNode, first=LiveNode, second=LiveNode
)
cdef list _search(list stack)
