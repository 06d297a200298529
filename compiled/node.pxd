# The C types of `autograd/engine/node.py`.

cimport cython


cdef public class LiveNode [object LiveNodeObject, type LiveNodeType]:
    cdef object __weakref__
    cdef public double _grad
    # The data is a Python float, because the partials of a product are the data of its factors.
    cdef public object _data, _note, op, _a, _b, _p, _q


@cython.locals(node=LiveNode)
cpdef reset_gradients(list nodes)

@cython.locals(
    node=LiveNode, parent=LiveNode, w=LiveNode, x=LiveNode, upstream=double, partial=double,
    x_data=double, w_data=double, gradient=double, w_gradient=double, x_gradient=double,
    total=double,
)
cpdef pass_back(list nodes)
