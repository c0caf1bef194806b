import { openEmbeddedTestDatabase } from '../testing/test-database.ts'
import { usersContract } from './testing/users-contract.ts'

usersContract(openEmbeddedTestDatabase)
