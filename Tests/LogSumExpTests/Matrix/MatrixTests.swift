import LogSumExp
import Testing

@Suite("Matrix")
struct MatrixTests {
  @Test("elements, rows and columns")
  func elements() {
    var matrix = Matrix<Float>([1, 2, 3, 4, 5, 6], rows: 2, columns: 3)
    #expect(matrix.rows == 2 && matrix.columns == 3)
    #expect(matrix[1, 0] == 4)
    #expect(Array(matrix[row: 1]) == [4, 5, 6])
    matrix[0, 2] = 9
    #expect(matrix.scalars == [1, 2, 9, 4, 5, 6])
    #expect(matrix == Matrix([1, 2, 9, 4, 5, 6], rows: 2, columns: 3))
    #expect(matrix != Matrix([1, 2, 9, 4, 5, 6], rows: 3, columns: 2))
    #expect(Set([matrix, matrix]).count == 1)
    #expect("\(matrix)" == "1.0 2.0 9.0\n4.0 5.0 6.0")
  }

  @Test("repeating, and without elements")
  func special() {
    #expect(Matrix(repeating: 2.5, rows: 2, columns: 2).scalars == [2.5, 2.5, 2.5, 2.5])
    #expect(Matrix<Double>([], rows: 0, columns: 7).logSumExp() == [])
    #expect(Matrix<Double>([], rows: 3, columns: 0).softmax().scalars == [])
    #expect(Matrix<Double>([], rows: 3, columns: 0).softmax().rows == 3)
    #expect(
      Matrix<Float>([], rows: 2, columns: 0).logSumExp() == [-.infinity, -.infinity])
  }

  @Test("a copy is a value of its own")
  func value() {
    let matrix = Matrix([1.0, 2, 3, 4], rows: 2, columns: 2)
    var copy = matrix
    copy.formSoftmax()
    #expect(matrix.scalars == [1, 2, 3, 4])
    #expect(copy == matrix.softmax())
  }
}
